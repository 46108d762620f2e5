package dev.stoker.history.jdbc;

import dev.stoker.history.Metric;
import dev.stoker.history.Run;
import dev.stoker.history.RunJson;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Setting;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run's subjects, series and samples as rows, and back. Stateless but for its connection. */
final class RunRows {
    private final Connection connection;

    RunRows(Connection connection) {
        this.connection = connection;
    }

    void write(long key, Run run) throws SQLException {
        try (PreparedStatement subject =
                        connection.prepareStatement(
                                "INSERT INTO stoker_subject (run, subject, name, outcome, reason,"
                                        + " setting, requests_ok, requests_failed)"
                                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement series =
                        connection.prepareStatement(
                                "INSERT INTO stoker_series (run, subject, series, metric, title,"
                                    + " better, judged, absent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
                PreparedStatement sample =
                        connection.prepareStatement(
                                "INSERT INTO stoker_sample (run, subject, series, sample, unit, at,"
                                        + " value) VALUES (?, ?, ?, ?, ?, ?, ?)")) {
            for (int i = 0; i < run.subjects().size(); i++) {
                Subject s = run.subjects().get(i);
                Bind.all(
                        subject,
                        key,
                        i,
                        s.name(),
                        s.outcome().code(),
                        s.reason(),
                        setting(s.setting()),
                        s.requestsOk(),
                        s.requestsFailed());
                subject.addBatch();
                for (int k = 0; k < s.series().size(); k++) {
                    write(key, i, k, s.series().get(k), series, sample);
                }
            }
            subject.executeBatch();
            series.executeBatch();
            sample.executeBatch();
        }
    }

    private static void write(
            long key,
            int subject,
            int index,
            Series s,
            PreparedStatement series,
            PreparedStatement sample)
            throws SQLException {
        Metric m = s.metric();
        Bind.all(
                series,
                key,
                subject,
                index,
                m.name(),
                m.title(),
                m.better().code(),
                m.judged() ? 1 : 0,
                s.absent());
        series.addBatch();
        for (int n = 0; n < s.samples().size(); n++) {
            Sample x = s.samples().get(n);
            Bind.all(sample, key, subject, index, n, x.unit(), x.atEpochMillis(), x.value());
            sample.addBatch();
        }
    }

    static String setting(Setting setting) {
        return Json.write(RunJson.setting(setting));
    }

    /**
     * @throws SQLException if the text is no setting: the row is damaged
     */
    static Setting setting(String text) throws SQLException {
        return RunJson.setting(
                Json.parse(text).orElseThrow(() -> new SQLException("a setting is no JSON")));
    }

    List<Subject> read(long key) throws SQLException {
        Map<List<Integer>, List<Sample>> samples = samples(key);
        Map<Integer, List<Series>> series = series(key, samples);
        List<Subject> subjects = new ArrayList<>();
        try (PreparedStatement s =
                connection.prepareStatement(
                        "SELECT subject, name, outcome, reason, setting, requests_ok,"
                                + " requests_failed FROM stoker_subject WHERE run = ?"
                                + " ORDER BY subject")) {
            Bind.all(s, key);
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    subjects.add(
                            new Subject(
                                    row.getString(2),
                                    Subject.Outcome.valueOf(upper(row.getString(3))),
                                    row.getString(4),
                                    setting(row.getString(5)),
                                    row.getLong(6),
                                    row.getLong(7),
                                    series.getOrDefault(row.getInt(1), List.of())));
                }
            }
        }
        return subjects;
    }

    private Map<Integer, List<Series>> series(long key, Map<List<Integer>, List<Sample>> samples)
            throws SQLException {
        Map<Integer, List<Series>> series = new HashMap<>();
        try (PreparedStatement s =
                connection.prepareStatement(
                        "SELECT subject, series, metric, title, better, judged, absent"
                                + " FROM stoker_series WHERE run = ? ORDER BY subject, series")) {
            Bind.all(s, key);
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    Metric metric =
                            new Metric(
                                    row.getString(3),
                                    row.getString(4),
                                    Metric.Better.valueOf(upper(row.getString(5))),
                                    row.getInt(6) != 0);
                    List<Sample> own =
                            samples.getOrDefault(List.of(row.getInt(1), row.getInt(2)), List.of());
                    series.computeIfAbsent(row.getInt(1), i -> new ArrayList<>())
                            .add(
                                    own.isEmpty()
                                            ? Series.absent(metric, row.getString(7))
                                            : Series.of(metric, own));
                }
            }
        }
        return series;
    }

    private Map<List<Integer>, List<Sample>> samples(long key) throws SQLException {
        Map<List<Integer>, List<Sample>> samples = new HashMap<>();
        try (PreparedStatement s =
                connection.prepareStatement(
                        "SELECT subject, series, unit, at, value FROM stoker_sample"
                                + " WHERE run = ? ORDER BY subject, series, sample")) {
            Bind.all(s, key);
            try (ResultSet row = s.executeQuery()) {
                while (row.next()) {
                    samples.computeIfAbsent(
                                    List.of(row.getInt(1), row.getInt(2)), i -> new ArrayList<>())
                            .add(new Sample(row.getString(3), row.getLong(4), row.getDouble(5)));
                }
            }
        }
        return samples;
    }

    private static String upper(String code) {
        return code.toUpperCase(Locale.ROOT);
    }
}
