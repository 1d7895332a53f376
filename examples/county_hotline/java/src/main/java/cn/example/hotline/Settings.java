package cn.example.hotline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/** What the operator of the deployment told us, from the environment: HOTLINE_BOOTSTRAP and so on. */
final class Settings {
    static final String INBOUND = "county.inbound.requests";
    static final String OUTCOMES = "grid.inbound_outcomes";
    static final String VALUES = "indicators.values";

    private static final Set<String> KNOWN = Set.of("BOOTSTRAP", "SOURCE", "KEYS", "TOPIC_PREFIX", "GROUP", "SECURITY",
            "USER", "PASSWORD_FILE", "CA_FILE", "STORE", "MODE", "RETRY_SECONDS");

    private final Map<String, String> environment;

    private Settings(Map<String, String> environment) {
        this.environment = environment;
    }

    static Settings of(Map<String, String> environment) throws Wrong {
        for (String name : new TreeSet<>(environment.keySet())) {
            if (name.startsWith("HOTLINE_") && !KNOWN.contains(name.substring(8))) {
                throw new Wrong(name + " is no setting");
            }
        }
        Settings settings = new Settings(environment);
        for (String name : List.of("BOOTSTRAP", "SOURCE", "KEYS")) {
            settings.needed(name);
        }
        settings.oneOf("SECURITY", "PLAINTEXT", "SASL_SSL");
        settings.oneOf("MODE", "structured", "binary");
        return settings;
    }

    String source() {
        return environment.get("HOTLINE_SOURCE");
    }

    /** Where the deployment's public keys are: an address, or a file that the operator sent. */
    String keys() {
        return environment.get("HOTLINE_KEYS");
    }

    String store() {
        return or("STORE", "hotline.db");
    }

    boolean structured() {
        return or("MODE", "structured").equals("structured");
    }

    /** How long to wait before a request that came too fast is sent again; the limit counts by the minute. */
    double retrySeconds() {
        return Double.parseDouble(or("RETRY_SECONDS", "60"));
    }

    String topic(String name) {
        return or("TOPIC_PREFIX", "") + name;
    }

    /** Begins with the deployment's group prefix where it has one. */
    String group(String name) {
        return or("GROUP", "county.hotline") + "." + name;
    }

    /** What every client of ours is told. */
    Properties kafka() throws Wrong {
        Properties told = new Properties();
        told.put("bootstrap.servers", environment.get("HOTLINE_BOOTSTRAP"));
        told.put("security.protocol", or("SECURITY", "PLAINTEXT"));
        if (told.get("security.protocol").equals("SASL_SSL")) {
            told.put("sasl.mechanism", "SCRAM-SHA-512");
            told.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
                    + quoted(needed("USER")) + "\" password=\"" + quoted(password()) + "\";");
            told.put("ssl.truststore.type", "PEM");
            told.put("ssl.truststore.location", needed("CA_FILE"));
        }
        return told;
    }

    private String password() throws Wrong {
        try {
            return Files.readString(Path.of(needed("PASSWORD_FILE"))).strip();
        } catch (IOException error) {
            throw new Wrong("HOTLINE_PASSWORD_FILE: it cannot be read");
        }
    }

    private static String quoted(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    private String or(String name, String otherwise) {
        return environment.getOrDefault("HOTLINE_" + name, otherwise);
    }

    private String needed(String name) throws Wrong {
        String given = or(name, "");
        if (given.isBlank()) {
            throw new Wrong("HOTLINE_" + name + " is missing");
        }
        return given;
    }

    private void oneOf(String name, String... choices) throws Wrong {
        if (!List.of(choices).contains(or(name, choices[0]))) {
            throw new Wrong("HOTLINE_" + name + " is one of " + String.join(", ", choices));
        }
    }
}
