package cn.example.hotline;

import com.fasterxml.jackson.databind.JsonNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.message.Encoding;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The bus: sending what is recorded, following what comes of it, keeping the figures. */
final class Bus {
    private static final Duration POLL = Duration.ofMillis(500);

    private final Settings settings;
    private final Store store;

    Bus(Settings settings, Store store) {
        this.settings = settings;
        this.store = store;
    }

    /** A state with its place in the order of its versions: only a later one replaces what is kept. */
    record Ordered(String sequence, int revision, JsonNode state) {
        String text(String name) {
            JsonNode value = state.get(name);
            return value == null || value.isNull() ? null : value.asText();
        }
    }

    /** Each request as it is recorded; how many the bus took. */
    int send(List<String> requests) throws Wrong, SQLException, InterruptedException {
        Properties told = settings.kafka();
        told.put("acks", "all");
        told.put("enable.idempotence", "true");
        told.put("max.block.ms", "30000");
        told.put("delivery.timeout.ms", "30000");
        told.put("request.timeout.ms", "15000");
        Encoding mode = settings.structured() ? Encoding.STRUCTURED : Encoding.BINARY;
        CloudEventSerializer events = new CloudEventSerializer();
        events.configure(mode == Encoding.STRUCTURED
                ? Map.of(CloudEventSerializer.ENCODING_CONFIG, mode,
                        CloudEventSerializer.EVENT_FORMAT_CONFIG, JsonFormat.CONTENT_TYPE)
                : Map.of(CloudEventSerializer.ENCODING_CONFIG, mode), false);
        int taken = 0;
        String why = "";
        try (KafkaProducer<String, CloudEvent> producer = new KafkaProducer<>(told, new StringSerializer(), events)) {
            Map<String, Future<RecordMetadata>> sent = new LinkedHashMap<>();
            for (String request : requests) {
                CloudEvent event = store.event(request);
                if (event == null) {
                    throw new Wrong("there is no request " + request);
                }
                sent.put(request, producer.send(new ProducerRecord<>(settings.topic(Settings.INBOUND), request, event)));
            }
            for (Map.Entry<String, Future<RecordMetadata>> one : sent.entrySet()) {
                try {
                    RecordMetadata place = one.getValue().get();
                    store.delivered(one.getKey(), place.partition(), place.offset());
                    taken++;
                } catch (ExecutionException error) {
                    why = error.getCause().getMessage();
                }
            }
        }
        store.commit();
        if (taken < requests.size()) {
            throw new Wrong((requests.size() - taken) + " of " + requests.size() + " were not taken: " + why + "; send again");
        }
        return taken;
    }

    /** Outcomes into the table, and again what waiting heals; true once everything is `answered` or `closed`. */
    boolean follow(String until, double seconds) throws Wrong, SQLException, InterruptedException {
        try (KafkaConsumer<String, byte[]> consumer = reader(Settings.OUTCOMES, "outcomes", store.isEmpty("outcomes"))) {
            for (long end = end(seconds); System.nanoTime() < end;) {
                for (Ordered one : poll(consumer)) {
                    String source = one.text("request_source");
                    String request = source == null || source.equals(settings.source()) ? store.requestOf(one.state()) : null;
                    if (request != null && store.keepOutcome(request, one)) {
                        String more = one.text("code") == null ? one.text("incident_status") : one.text("code");
                        System.out.println(request + " " + one.text("status") + " " + more);
                    }
                }
                keep(consumer);
                List<String> again = store.dueAgain(settings.retrySeconds());
                if (!again.isEmpty()) {
                    System.out.println(send(again) + " sent again");
                }
                if (until != null && (until.equals("answered") ? store.unanswered() : store.open()).isEmpty()) {
                    return true;
                }
            }
        }
        return until == null;
    }

    /** Figures into the mirror; true once everything that is there was read. */
    boolean mirror(boolean untilCurrent, double seconds) throws Wrong, SQLException {
        try (KafkaConsumer<String, byte[]> consumer = reader(Settings.VALUES, "figures", store.isEmpty("figures"))) {
            for (long end = end(seconds); System.nanoTime() < end;) {
                for (Ordered one : poll(consumer)) {
                    store.keepFigure(one);
                }
                keep(consumer);
                if (untilCurrent && isCurrent(consumer)) {
                    return true;
                }
            }
        }
        return !untilCurrent;
    }

    private static long end(double seconds) {
        return System.nanoTime() + (long) (Math.min(seconds, 1e9) * 1e9);
    }

    /** A consumer group of ours on one topic. It begins at the beginning where nothing is kept yet (`anew`). */
    private KafkaConsumer<String, byte[]> reader(String topic, String name, boolean anew) throws Wrong {
        Properties told = settings.kafka();
        told.put("group.id", settings.group(name));
        told.put("auto.offset.reset", "earliest");
        told.put("enable.auto.commit", "false");
        told.put("isolation.level", "read_committed");
        told.put("allow.auto.create.topics", "false");
        told.put("session.timeout.ms", "6000"); // who takes over waits no longer than this for one that died
        told.put("heartbeat.interval.ms", "1500");
        KafkaConsumer<String, byte[]> consumer =
                new KafkaConsumer<>(told, new StringDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(settings.topic(topic)), new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                if (anew) {
                    consumer.seekToBeginning(partitions);
                }
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                // what was read is kept and committed after every poll
            }
        });
        return consumer;
    }

    private static List<Ordered> poll(KafkaConsumer<String, byte[]> consumer) {
        List<Ordered> found = new ArrayList<>();
        for (ConsumerRecord<String, byte[]> message : consumer.poll(POLL)) {
            try (CloudEventDeserializer events = new CloudEventDeserializer()) {
                CloudEvent event = events.deserialize(message.topic(), message.headers(), message.value());
                JsonNode state = Requests.JSON.readTree(event.getData().toBytes()).get("state");
                Object revision = event.getExtension("revision");
                found.add(new Ordered(event.getExtension("sequence").toString(), Integer.parseInt(revision.toString()), state));
            } catch (IOException | RuntimeException error) {
                System.out.println(message.topic() + " " + message.partition() + "/" + message.offset()
                        + " was not read: " + error.getClass().getSimpleName());
            }
        }
        return found;
    }

    /** First what was read, then the position: what is read twice changes nothing. */
    private void keep(KafkaConsumer<String, byte[]> consumer) throws SQLException {
        store.commit();
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RebalanceInProgressException moved) {
            // whoever has the partitions now begins earlier
        }
    }

    private static boolean isCurrent(KafkaConsumer<String, byte[]> consumer) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        return !ends.isEmpty() && ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
