package cn.example.hotline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What we keep, in one SQLite file. Every write says what is so now, so that it may be done twice. */
final class Store implements AutoCloseable {
    /** Rejections that waiting heals: we send the same again by ourselves. */
    private static final String PASSING = "code IN ('rate_exceeded', 'internal_error')";
    private static final String NEWER = " WHERE (excluded.sequence, excluded.revision) > (sequence, revision)";

    private final Connection db;

    Store(String path) throws SQLException, IOException {
        db = DriverManager.getConnection("jdbc:sqlite:" + path + "?busy_timeout=30000");
        try (InputStream schema = Store.class.getResourceAsStream("/schema.sql")) {
            String script = new String(schema.readAllBytes(), StandardCharsets.UTF_8).replaceAll("--[^\\n]*", "");
            for (String statement : script.split(";")) {
                if (!statement.isBlank()) {
                    write(statement);
                }
            }
        }
        db.setAutoCommit(false);
    }

    @Override
    public void close() throws SQLException {
        db.close();
    }

    void commit() throws SQLException {
        db.commit();
    }

    boolean isEmpty(String table) throws SQLException {
        return rows("SELECT 1 FROM " + table + " LIMIT 1").isEmpty();
    }

    /** Before it is sent. False where the id is known; its event stays unless it was rejected and may come again. */
    boolean record(CloudEvent event) throws SQLException {
        byte[] text = EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE).serialize(event);
        return write("INSERT INTO requests (id, event) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET event = excluded.event "
                + "WHERE EXISTS (SELECT 1 FROM work_orders w WHERE w.id = requests.id AND w.status = 'rejected' "
                + "AND NOT w.final)", event.getId(), new String(text, StandardCharsets.UTF_8)) == 1;
    }

    /** The same event as ever: an id never stands for two things. Null where there is none. */
    CloudEvent event(String request) throws SQLException {
        List<ObjectNode> found = rows("SELECT event FROM requests WHERE id = ?", request);
        return found.isEmpty() ? null : EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE)
                .deserialize(found.get(0).get("event").asText().getBytes(StandardCharsets.UTF_8));
    }

    void delivered(String request, int partition, long offset) throws SQLException {
        write("INSERT INTO deliveries VALUES (?, ?, ?, ?)", request, partition, offset, now());
    }

    /** What was recorded and never taken by the bus. */
    List<String> unsent() throws SQLException {
        return ids("SELECT id FROM work_orders WHERE times = 0");
    }

    /** What waiting heals and has waited so long. */
    List<String> dueAgain(double seconds) throws SQLException {
        return ids("SELECT id FROM work_orders WHERE answered AND " + PASSING + " AND sent_at < ?", now() - seconds);
    }

    List<String> unanswered() throws SQLException {
        return ids("SELECT id FROM work_orders WHERE NOT answered OR " + PASSING);
    }

    /** What has no end yet. */
    List<String> open() throws SQLException {
        return ids("SELECT id FROM work_orders WHERE NOT answered OR status NOT IN ('closed', 'rejected') OR " + PASSING);
    }

    List<ObjectNode> workOrders() throws SQLException {
        return rows("SELECT * FROM work_orders");
    }

    /** Whose outcome it is: by id or, where ours could not be read over there, by the place of the message. */
    String requestOf(JsonNode state) throws SQLException {
        List<String> found = state.hasNonNull("request_id")
                ? ids("SELECT id FROM requests WHERE id = ?", state.get("request_id").asText())
                : ids("SELECT request AS id FROM deliveries WHERE lane = ? AND place = ?",
                        state.get("partition").asInt(), state.get("offset").asLong());
        return found.isEmpty() ? null : found.get(0);
    }

    /** False where it is not newer than what is kept. */
    boolean keepOutcome(String request, Bus.Ordered one) throws SQLException {
        JsonNode state = one.state();
        return write("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
                + "sequence = excluded.sequence, revision = excluded.revision, lane = excluded.lane, "
                + "place = excluded.place, status = excluded.status, code = excluded.code, final = excluded.final, "
                + "incident = excluded.incident, progress = excluded.progress, due_at = excluded.due_at, "
                + "closed_at = excluded.closed_at" + NEWER,
                one.text("id"), request, one.sequence(), one.revision(), state.get("partition").asInt(),
                state.get("offset").asLong(), one.text("status"), one.text("code"),
                state.get("final").asBoolean() ? 1 : 0, one.text("incident_id"), one.text("incident_status"),
                one.text("due_at"), one.text("closed_at")) == 1;
    }

    void keepFigure(Bus.Ordered one) throws SQLException {
        JsonNode base = one.state().get("base");
        write("INSERT INTO figures VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (area, code, day) DO UPDATE SET "
                + "sequence = excluded.sequence, revision = excluded.revision, value = excluded.value, "
                + "base = excluded.base, counted_at = excluded.counted_at" + NEWER,
                one.text("area"), one.text("code"), one.text("day"), one.sequence(), one.revision(),
                one.state().get("value").asLong(), base == null || base.isNull() ? null : base.asLong(),
                one.text("counted_at"));
    }

    /** The latest day of each figure, of one area or of all. */
    List<ObjectNode> figures(String area, String code) throws SQLException {
        return rows("SELECT area, code, max(day) AS day, value, base, counted_at FROM figures "
                + "WHERE area = coalesce(?, area) AND code = coalesce(?, code) GROUP BY area, code ORDER BY area, code",
                area, code);
    }

    private static double now() {
        return System.currentTimeMillis() / 1000.0;
    }

    private List<String> ids(String query, Object... given) throws SQLException {
        return rows(query, given).stream().map(row -> row.get("id").asText()).toList();
    }

    private int write(String statement, Object... given) throws SQLException {
        try (PreparedStatement prepared = prepared(statement, given)) {
            return prepared.executeUpdate();
        }
    }

    private List<ObjectNode> rows(String query, Object... given) throws SQLException {
        List<ObjectNode> found = new ArrayList<>();
        try (PreparedStatement prepared = prepared(query, given); ResultSet rows = prepared.executeQuery()) {
            while (rows.next()) {
                ObjectNode row = Requests.JSON.createObjectNode();
                for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
                    row.set(rows.getMetaData().getColumnLabel(column), Requests.JSON.valueToTree(rows.getObject(column)));
                }
                found.add(row);
            }
        }
        return found;
    }

    private PreparedStatement prepared(String statement, Object... given) throws SQLException {
        PreparedStatement prepared = db.prepareStatement(statement);
        for (int place = 0; place < given.length; place++) {
            prepared.setObject(place + 1, given[place]);
        }
        return prepared;
    }
}
