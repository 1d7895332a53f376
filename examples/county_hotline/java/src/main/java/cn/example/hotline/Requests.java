package cn.example.hotline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonCloudEventData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;

/** From a work order to the event that may leave the house: what names a person is encrypted, the rest is coded. */
final class Requests {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPE = "county.request.submitted";
    private static final URI DATASCHEMA = URI.create("urn:xiangli:schema:" + TYPE + ":v1");
    private static final ZoneOffset CHINA = ZoneOffset.ofHours(8);
    private static final List<String> PERSONAL = List.of("caller", "text", "address");
    private static final List<String> PLAIN = List.of("received_at", "category", "severity", "area", "point");

    private final Settings settings;
    private final ECKey key;

    /** With the deployment's public key: the first of the set. */
    Requests(Settings settings) throws Wrong {
        this.settings = settings;
        this.key = publicKey(settings.keys());
    }

    private static ECKey publicKey(String place) throws Wrong {
        try {
            JWKSet found = place.startsWith("http://") || place.startsWith("https://")
                    ? JWKSet.load(URI.create(place).toURL(), 30_000, 30_000, 0)
                    : JWKSet.load(Path.of(place).toFile());
            for (JWK one : found.getKeys()) {
                if (one instanceof ECKey candidate && candidate.getCurve().equals(Curve.P_256)) {
                    return candidate;
                }
            }
            throw new Wrong("HOTLINE_KEYS: there is no P-256 key at " + place);
        } catch (IOException | ParseException error) {
            throw new Wrong("HOTLINE_KEYS: no public key could be read from " + place + " (" + error.getMessage() + ")");
        }
    }

    /** The event of one work order; without an id it gets one. */
    CloudEvent event(JsonNode order) throws Wrong {
        ObjectNode data = JSON.createObjectNode();
        ObjectNode personal = JSON.createObjectNode();
        for (Iterator<String> names = order.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (PLAIN.contains(name)) {
                data.set(name, order.get(name));
            } else if (PERSONAL.contains(name)) {
                personal.set(name, order.get(name));
            } else if (!name.equals("id")) {
                throw new Wrong("a work order has no field " + name);
            }
        }
        if (!data.has("received_at")) {
            data.put("received_at", OffsetDateTime.now(CHINA).truncatedTo(ChronoUnit.SECONDS).toString());
        }
        if (!personal.isEmpty()) {
            data.put("personal", encrypted(personal));
        }
        return CloudEventBuilder.v1()
                .withId(order.hasNonNull("id") ? order.get("id").asText() : UUID.randomUUID().toString())
                .withSource(URI.create(settings.source()))
                .withType(TYPE)
                .withTime(OffsetDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS))
                .withDataSchema(DATASCHEMA)
                .withData("application/json", JsonCloudEventData.wrap(data))
                .build();
    }

    /** Caller, text and address as compact JWE that only the deployment can open. */
    private String encrypted(ObjectNode personal) {
        JWEHeader header = new JWEHeader.Builder(JWEAlgorithm.ECDH_ES_A256KW, EncryptionMethod.A256GCM)
                .keyID(key.getKeyID()).contentType("application/json").build();
        JWEObject sealed = new JWEObject(header, new Payload(personal.toString()));
        try {
            sealed.encrypt(new ECDHEncrypter(key));
        } catch (JOSEException error) {
            throw new IllegalStateException(error);
        }
        return sealed.serialize();
    }
}
