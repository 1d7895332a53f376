package cn.example.hotline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/** java -jar hotline.jar send|resend|follow|requests|mirror|figures, as the one in Python. */
public final class Hotline {
    private static final String USAGE = """
            usage: hotline send FILE | resend ID | requests [--json] | figures [--area A] [--code C] [--json]
                   hotline follow [--until answered|closed] [--seconds N] | mirror [--until current] [--seconds N]""";

    private Hotline() {
    }

    /** 0 done, 1 not reached in time, 2 something to set right. */
    public static void main(String[] arguments) throws Exception {
        System.setOut(new PrintStream(System.out, true, StandardCharsets.UTF_8));
        int code;
        try {
            Settings settings = Settings.of(System.getenv());
            try (Store store = new Store(settings.store())) {
                code = run(arguments, settings, store) ? 0 : 1;
            }
        } catch (Wrong | KafkaException wrong) {
            System.err.println("hotline: " + wrong.getMessage());
            code = 2;
        }
        System.exit(code);
    }

    private static boolean run(String[] arguments, Settings settings, Store store) throws Exception {
        List<String> plain = new ArrayList<>();
        Map<String, String> options = options(arguments, plain);
        Bus bus = new Bus(settings, store);
        double seconds = Double.parseDouble(options.getOrDefault("--seconds", "1e9"));
        switch (String.join(" ", plain.subList(0, Math.min(1, plain.size()))) + plain.size()) {
            case "send2" -> {
                Set<String> wanted = new LinkedHashSet<>(record(plain.get(1), settings, store));
                wanted.addAll(store.unsent());
                System.out.println(bus.send(List.copyOf(wanted)) + " sent");
            }
            case "resend2" -> System.out.println(bus.send(List.of(plain.get(1))) + " sent again");
            case "follow1" -> {
                return bus.follow(options.get("--until"), seconds);
            }
            case "mirror1" -> {
                return bus.mirror("current".equals(options.get("--until")), seconds);
            }
            case "requests1" -> print(store.workOrders(), options, "id", "status", "code", "incident", "due_at");
            case "figures1" -> print(store.figures(options.get("--area"), options.get("--code")), options,
                    "area", "code", "day", "value", "base");
            default -> throw new Wrong(USAGE);
        }
        return true;
    }

    private static Map<String, String> options(String[] arguments, List<String> plain) throws Wrong {
        Map<String, String> found = new HashMap<>();
        for (int place = 0; place < arguments.length; place++) {
            String one = arguments[place];
            if (one.equals("--json")) {
                found.put(one, "");
            } else if (one.startsWith("--")) {
                if (place + 1 == arguments.length || !List.of("--until", "--seconds", "--area", "--code").contains(one)) {
                    throw new Wrong(USAGE);
                }
                found.put(one, arguments[++place]);
            } else {
                plain.add(one);
            }
        }
        return found;
    }

    /** Every work order of the file, before anything is sent; the ids of those that are to go out. */
    private static List<String> record(String path, Settings settings, Store store) throws Wrong, SQLException {
        Requests requests = new Requests(settings);
        List<String> recorded = new ArrayList<>();
        try {
            byte[] lines = path.equals("-") ? System.in.readAllBytes() : Files.readAllBytes(Path.of(path));
            for (String line : new String(lines, StandardCharsets.UTF_8).lines().filter(text -> !text.isBlank()).toList()) {
                CloudEvent event = requests.event(Requests.JSON.readTree(line));
                if (store.record(event)) {
                    recorded.add(event.getId());
                }
                System.out.println(event.getId() + (recorded.contains(event.getId()) ? " recorded" : " known already"));
            }
        } catch (JsonProcessingException error) {
            throw new Wrong(path + ": a line is no JSON");
        } catch (IOException error) {
            throw new Wrong(path + ": it cannot be read");
        }
        store.commit();
        return recorded;
    }

    private static void print(List<ObjectNode> rows, Map<String, String> options, String... columns) {
        for (ObjectNode row : rows) {
            List<String> cells = new ArrayList<>();
            for (String column : columns) {
                cells.add(row.get(column).isNull() ? "-" : row.get(column).asText());
            }
            System.out.println(options.containsKey("--json") ? row : String.join("  ", cells));
        }
    }
}
