package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.cli.BenchCommand;
import dev.stoker.cli.CompareCommand;
import dev.stoker.cli.CompletionCommand;
import dev.stoker.cli.DegradeCommand;
import dev.stoker.cli.DemoCommand;
import dev.stoker.cli.ExplainCommand;
import dev.stoker.cli.GpuCommand;
import dev.stoker.cli.HelpCommand;
import dev.stoker.cli.HistoryCommand;
import dev.stoker.cli.LoadCommand;
import dev.stoker.cli.MachineWatcher;
import dev.stoker.cli.PlainGpu;
import dev.stoker.cli.PlanCommand;
import dev.stoker.cli.RehearseCommand;
import dev.stoker.cli.ReportCommand;
import dev.stoker.cli.ServeCommand;
import dev.stoker.cli.ServerEstimates;
import dev.stoker.cli.ServiceCommand;
import dev.stoker.cli.SimCommand;
import dev.stoker.cli.SpoolingStores;
import dev.stoker.cli.StatusCommand;
import dev.stoker.cli.StokerCommand;
import dev.stoker.cli.StokerVersion;
import dev.stoker.cli.TopCommand;
import dev.stoker.cli.WarmCommand;
import dev.stoker.history.Stores;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.host.ProcessRunner;
import dev.stoker.machine.MachineWatch;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The program's start and the only place that picks implementations. */
public final class Main {
    private Main() {}

    /** Runs the command line and ends the process with its exit code. */
    public static void main(String[] args) {
        if (args.length == 1 && StokerVersion.asked(args[0])) {
            System.out.println(StokerVersion.line());
            return;
        }
        Map<String, String> env = System.getenv();
        if (args.length > 0 && args[0].equals("gpu")) {
            Optional<Integer> code =
                    PlainGpu.answer(args, new MachineWiring(env), env, System.out, System.err);
            if (code.isPresent()) {
                Runtime.getRuntime().halt(code.get());
            }
        }
        if (args.length == 2 && args[0].equals("rehearse") && args[1].equals("gpu")) {
            rehearseGpu(env); // Without the parser, so that the cache of it is small.
            return;
        }
        System.exit(StokerCommand.execute(verbs(isQuiet(args)), args));
    }

    private static void rehearseGpu(Map<String, String> env) {
        PlainGpu.rehearse(MachineWiring.rehearsal(env), env);
    }

    /** Needed before the words are parsed: a store is opened by whoever needs one. */
    private static boolean isQuiet(String[] args) {
        return Stream.of(args).anyMatch(word -> word.equals("-q") || word.equals("--quiet"));
    }

    /** Each verb and how it is made, in the order of the help text; a new command is added here. */
    static Map<String, Supplier<Object>> verbs(boolean quiet) {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        Map<String, String> env = System.getenv();
        // Behind a lambda: a store's driver is loaded by the commands that use it alone.
        Stores stores =
                new SpoolingStores(
                        () -> new JdbcStores(env), env, quiet ? _ -> {} : System.err::println);
        verbs.put(
                "bench",
                () ->
                        new BenchCommand(
                                new Wiring(env),
                                new ServerEstimates(new MachineWiring(env), env)::of,
                                stores,
                                env));
        verbs.put("load", () -> new LoadCommand(new Wiring(env), stores, env));
        verbs.put("history", () -> new HistoryCommand(stores, env));
        verbs.put("compare", () -> new CompareCommand(stores, env));
        verbs.put("gpu", () -> new GpuCommand(new MachineWiring(env), env, Clock.system()));
        verbs.put("status", () -> new StatusCommand(new MachineWiring(env), env, Clock.system()));
        verbs.put("top", () -> new TopCommand(new MachineWiring(env), env, Clock.system()));
        verbs.put("serve", () -> new ServeCommand(new MachineWiring(env), env, Clock.system()));
        verbs.put("service", () -> new ServiceCommand(new ProcessRunner(), env));
        verbs.put(
                "plan",
                () -> new PlanCommand(new MachineWiring(env), new Wiring(env), stores, env));
        verbs.put("degrade", () -> new DegradeCommand(new Wiring(env), stores, env));
        verbs.put(
                "warm",
                () ->
                        new WarmCommand(
                                new MachineWiring(env), new Wiring(env), env, Clock.system()));
        verbs.put(
                "explain",
                () ->
                        new ExplainCommand(
                                new MachineWiring(env),
                                new Wiring(env),
                                stores,
                                env,
                                Clock.system()));
        verbs.put("report", () -> new ReportCommand(stores, env));
        verbs.put("sim", SimCommand::new);
        verbs.put("demo", () -> new DemoCommand());
        verbs.put("completion", CompletionCommand::new);
        verbs.put("help", HelpCommand::new);
        verbs.put(
                "rehearse",
                () ->
                        new RehearseCommand(
                                List.of(
                                        () -> rehearseGpu(env),
                                        () ->
                                                PlainGpu.rehearseJson(
                                                        MachineWiring.rehearsal(env), env),
                                        () -> StatusCommand.rehearse(whole(env)),
                                        () -> TopCommand.rehearse(whole(env), Clock.system()))));
        return verbs;
    }

    private static MachineWatch whole(Map<String, String> env) {
        return MachineWiring.rehearsal(env)
                .open(new MachineWatcher.Wanted(List.of(), Optional.empty(), false, true));
    }
}
