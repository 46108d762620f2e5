package dev.stoker.cli;

import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.history.Run;
import dev.stoker.history.RunJson;
import dev.stoker.history.RunSummary;
import dev.stoker.history.Sample;
import dev.stoker.history.Series;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;
import dev.stoker.stats.Spread;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** How kept runs look: as a table, JSON or CSV. Stateless but for its terminal. */
final class HistoryView {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);
    private static final int LONGEST_MODELS = 40;

    private final Terminal terminal;

    HistoryView(Terminal terminal) {
        this.terminal = terminal;
    }

    static String time(long epochMillis) {
        return TIME.format(Instant.ofEpochMilli(epochMillis));
    }

    void list(PrintWriter out, List<RunSummary> runs) {
        Table table =
                new Table()
                        .left("run", 0)
                        .left("tags", 1)
                        .left("models", 2)
                        .right("requests", 4)
                        .right("failed", 3)
                        .left("state", 3)
                        .left("server", 5)
                        .left("kind", 7)
                        .left("started (UTC)", 8)
                        .left("note", 6);
        for (RunSummary r : runs) {
            table.row(
                    Text.plain(r.id(), 60),
                    String.join(" ", r.tags()),
                    models(r.subjects()),
                    Long.toString(r.requestsOk()),
                    r.requestsFailed() == 0 ? "" : Long.toString(r.requestsFailed()),
                    r.complete() ? "" : "unfinished",
                    Text.plain(r.server(), 30) + (r.simulated() ? " (simulated)" : ""),
                    Text.plain(r.kind(), 20),
                    time(r.startedEpochMillis()),
                    Text.plain(r.note(), 40));
        }
        table.lines(terminal.columns()).forEach(out::println);
    }

    private static String models(List<String> names) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            String next = (i == 0 ? "" : ", ") + ModelName.shown(names.get(i));
            if (i > 0 && shown.length() + next.length() > LONGEST_MODELS) {
                return shown + " +" + (names.size() - i);
            }
            shown.append(next);
        }
        return shown.toString();
    }

    static ObjectNode listJson(List<RunSummary> runs) {
        ObjectNode o = Json.object();
        o.put("schema", "stoker.history").put("version", 1);
        ArrayNode all = o.putArray("runs");
        for (RunSummary r : runs) {
            ObjectNode n = all.addObject();
            n.put("id", r.id()).put("kind", r.kind());
            n.put("started", Instant.ofEpochMilli(r.startedEpochMillis()).toString());
            n.put("complete", r.complete()).put("simulated", r.simulated());
            n.put("server", r.server().isEmpty() ? null : r.server());
            n.put("requests_ok", r.requestsOk()).put("requests_failed", r.requestsFailed());
            ArrayNode models = n.putArray("models");
            r.subjects().forEach(models::add);
            ArrayNode tags = n.putArray("tags");
            r.tags().forEach(tags::add);
            n.put("note", r.note());
        }
        return o;
    }

    static void listCsv(PrintWriter out, List<RunSummary> runs) {
        out.println(
                "run,kind,started,complete,simulated,server,requests_ok,requests_failed,models,"
                        + "tags,note");
        for (RunSummary r : runs) {
            out.println(
                    Csv.line(
                            List.of(
                                    r.id(),
                                    r.kind(),
                                    Instant.ofEpochMilli(r.startedEpochMillis()).toString(),
                                    Boolean.toString(r.complete()),
                                    Boolean.toString(r.simulated()),
                                    r.server(),
                                    Long.toString(r.requestsOk()),
                                    Long.toString(r.requestsFailed()),
                                    String.join(" ", r.subjects()),
                                    String.join(" ", r.tags()),
                                    r.note())));
        }
    }

    void show(PrintWriter out, Run run) {
        out.println(terminal.paint(Terminal.Colour.STRONG, Text.plain(run.id(), 60)));
        out.println(
                "  "
                        + Text.plain(run.kind(), 20)
                        + ", started "
                        + time(run.startedEpochMillis())
                        + " UTC"
                        + (run.complete() ? "" : ", unfinished")
                        + (run.simulated() ? ", SIMULATED" : ""));
        if (!run.tags().isEmpty()) {
            out.println("  tags: " + String.join(" ", run.tags()));
        }
        if (!run.note().isEmpty()) {
            paragraph(out, "  note: ", run.note());
        }
        out.println();
        run.setting().facts().forEach((name, fact) -> fact(out, name, fact));
        for (Subject s : run.subjects()) {
            out.println();
            out.println(terminal.paint(Terminal.Colour.STRONG, ModelName.shown(s.name())));
            paragraph(
                    out,
                    "  " + s.outcome().code() + ", ",
                    s.requestsOk()
                            + " requests"
                            + failed(s)
                            + (s.reason().isEmpty() ? "" : "; " + Text.plain(s.reason(), 600)));
            s.setting().facts().forEach((name, fact) -> fact(out, name, fact));
            series(out, s);
        }
    }

    private static String failed(Subject s) {
        return s.requestsFailed() == 0 ? "" : " and " + s.requestsFailed() + " that failed";
    }

    private void fact(PrintWriter out, String name, Reading<String> fact) {
        String value =
                fact.isKnown()
                        ? Text.plain(fact.value(), 1000)
                        : Numbers.UNKNOWN + " (" + Text.plain(fact.reason(), 200) + ")";
        paragraph(out, "  %-22s".formatted(name), value);
    }

    private void paragraph(PrintWriter out, String first, String text) {
        Paragraph.lines(first, Text.plain(text, 1000), " ".repeat(24), terminal.columns())
                .forEach(out::println);
    }

    private void series(PrintWriter out, Subject subject) {
        Table table =
                new Table()
                        .left("  figure", 0)
                        .right("mean", 0)
                        .right("± sd", 1)
                        .right("min", 2)
                        .right("max", 2)
                        .right("n", 1)
                        .left("", 3);
        for (Series s : subject.series()) {
            String title = "  " + s.metric().title();
            if (s.samples().isEmpty()) {
                table.row(title, Numbers.UNKNOWN, "", "", "", "0", Text.plain(s.absent(), 100));
                continue;
            }
            Spread d = s.spread();
            table.row(
                    title,
                    Numbers.figure(d.mean()),
                    d.sd().isPresent() ? Numbers.figure(d.sd().getAsDouble()) : "",
                    Numbers.figure(d.min()),
                    Numbers.figure(d.max()),
                    Integer.toString(d.n()),
                    "");
        }
        table.lines(terminal.columns()).forEach(out::println);
    }

    static String showJson(Run run) {
        return Json.pretty(RunJson.write(run));
    }

    static void showCsv(PrintWriter out, Run run) {
        out.println("run,model,metric,unit,value");
        for (Subject s : run.subjects()) {
            for (Series series : s.series()) {
                for (Sample x : series.samples()) {
                    out.println(
                            Csv.line(
                                    List.of(
                                            run.id(),
                                            s.name(),
                                            series.metric().name(),
                                            x.unit(),
                                            Double.toString(x.value()))));
                }
            }
        }
    }
}
