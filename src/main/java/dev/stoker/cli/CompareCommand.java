package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.history.Comparer;
import dev.stoker.history.Comparison;
import dev.stoker.history.ComparisonJson;
import dev.stoker.history.Run;
import dev.stoker.history.RunNames;
import dev.stoker.history.RunStore;
import dev.stoker.history.Stores;
import dev.stoker.history.Subject;
import dev.stoker.json.Json;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code stoker compare}: is one run worse than another? Used by one thread. */
@Command(
        name = "compare",
        mixinStandardHelpOptions = true,
        description = {
            "Compare two runs: their setting, then each figure with a 95 %% interval.",
            "",
            "A run is named by its id, its first characters, a tag, latest, an exported file, or"
                    + " the folder of a run.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  stoker compare                        baseline against latest",
            "  stoker compare 20261121 latest --threshold 10%%",
            "  stoker compare before.jsonl after.jsonl --json",
            "",
            "Exit codes: 0 no regression, 1 a regression beyond the threshold, 2 wrong use."
        })
public final class CompareCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "A",
            defaultValue = "baseline",
            description = "The run to compare with. Default: baseline.")
    private String a = "baseline";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "B",
            defaultValue = RunNames.LATEST,
            description = "The run in question. Default: latest.")
    private String b = RunNames.LATEST;

    @Option(
            names = "--threshold",
            paramLabel = "PERCENT",
            defaultValue = Threshold.DEFAULT,
            description = "How much worse is a regression. Default: 5%%.")
    private String threshold = Threshold.DEFAULT;

    @Option(
            names = "--metric",
            paramLabel = "NAME",
            split = ",",
            description = {
                "Compare and judge only this figure, by its name in the JSON, such as"
                        + " decode_tokens_per_second (repeatable)."
            })
    private final List<String> metrics = new ArrayList<>();

    @Mixin private final StoreOptions store = new StoreOptions();
    @Mixin private final OutputOptions output = new OutputOptions();

    private final Stores stores;
    private final Map<String, String> env;

    public CompareCommand(Stores stores, Map<String, String> env) {
        this.stores = stores;
        this.env = Map.copyOf(env);
    }

    @Override
    public Integer call() {
        if (output.json && output.csv) {
            throw UserError.wrongUse("--json and --csv were both given.", "Choose one of them.");
        }
        Comparer comparer = new Comparer(Threshold.parse(threshold), Set.copyOf(metrics));
        Comparison comparison;
        try (RunStore opened = store.toLook(stores)) {
            Run first = RunSource.find(opened, a);
            Run second = RunSource.find(opened, b);
            requireMetrics(first, second);
            comparison = comparer.compare(first, second);
        }
        remark(comparison);
        requireCommonModel(comparison);
        print(comparison);
        return (comparison.hasRegression() ? ExitCode.BAD_ANSWER : ExitCode.DONE).number();
    }

    private void requireMetrics(Run first, Run second) {
        Set<String> known =
                Stream.of(first, second)
                        .flatMap(r -> r.subjects().stream())
                        .flatMap(s -> s.series().stream())
                        .map(s -> s.metric().name())
                        .collect(Collectors.toCollection(TreeSet::new));
        for (String metric : metrics) {
            if (!known.contains(metric)) {
                throw UserError.wrongUse(
                        "These runs have no figure '" + Text.plain(metric, 100) + "'.",
                        "They have: " + String.join(", ", known));
            }
        }
    }

    private static void requireCommonModel(Comparison c) {
        if (c.subjects().isEmpty()) {
            throw UserError.wrongUse(
                    "The runs have nothing in common: A has "
                            + names(c.a())
                            + ", B has "
                            + names(c.b())
                            + ".",
                    "Compare runs of the same model, load tests at the same load.");
        }
    }

    private static String names(Run run) {
        return run.subjects().isEmpty()
                ? "none"
                : String.join(
                        ", ",
                        run.subjects().stream().map(Subject::name).map(ModelName::shown).toList());
    }

    private void remark(Comparison c) {
        if (!output.quiet && c.a().id().equals(c.b().id())) {
            err("! A and B are the same run.");
        }
        if (!output.quiet && c.a().simulated() != c.b().simulated()) {
            err("! One run was made on a simulated box, the other on a real server.");
        }
    }

    private void err(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    private void print(Comparison comparison) {
        PrintWriter out = spec.commandLine().getOut();
        if (output.json) {
            out.println(Json.pretty(ComparisonJson.write(comparison)));
        } else if (output.csv) {
            CompareView.csv(out, comparison);
        } else {
            new CompareView(Terminal.detect(env, output.noColor)).print(out, comparison);
        }
        out.flush();
    }
}
