package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.ExitCode;
import dev.stoker.base.UserError;
import dev.stoker.host.CommandRunner;
import dev.stoker.json.Json;
import dev.stoker.service.SystemdUnits;
import dev.stoker.service.UnitRequest;
import dev.stoker.service.UnitText;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

import tools.jackson.databind.node.ObjectNode;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code stoker service}: Stoker as a unit of systemd. Used by one thread. */
@Command(
        name = "service",
        mixinStandardHelpOptions = true,
        description = {
            "Run Stoker as a service of systemd.",
            "",
            "A unit is shown before it is written, and checked by systemd-analyze where that is"
                    + " there."
        },
        footer = {
            "",
            "Examples:",
            "  stoker service install --print",
            "  stoker service install --user -- serve --alert-webhook https://ntfy.sh/my-gpus",
            "  sudo stoker service install --name stoker-warm -- warm --watch --file"
                    + " /etc/stoker/warm.yaml",
            "  stoker service status --user",
            "  stoker service remove --user"
        })
public final class ServiceCommand implements Runnable {
    /** What makes sense to run for ever. */
    private static final Set<String> LASTING = Set.of("serve", "warm");

    @Spec private CommandSpec spec;

    @Option(
            names = "--user",
            scope = ScopeType.INHERIT,
            description = "A unit of your own. Default: of the system.")
    private boolean user;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The unit's name. Default: ${DEFAULT-VALUE}.",
            defaultValue = "stoker")
    private String name = "stoker";

    private final CommandRunner commands;
    private final Map<String, String> env;
    private final Optional<Path> folder;

    public ServiceCommand(CommandRunner commands, Map<String, String> env) {
        this(commands, env, Optional.empty());
    }

    /**
     * @param folder where units are; empty: where systemd reads them
     */
    ServiceCommand(CommandRunner commands, Map<String, String> env, Optional<Path> folder) {
        this.commands = commands;
        this.env = Map.copyOf(env);
        this.folder = folder;
    }

    @Override
    public void run() {
        throw UserError.wrongUse(
                "service needs to know what to do: install, status or remove.",
                "See 'stoker service --help'.");
    }

    private UnitRequest.Scope scope() {
        return user ? UnitRequest.Scope.USER : UnitRequest.Scope.SYSTEM;
    }

    private SystemdUnits units() {
        Path place =
                folder.orElseGet(
                        () -> user ? SystemdUnits.userFolder(env) : SystemdUnits.systemFolder());
        return new SystemdUnits(commands, place, scope());
    }

    private PrintWriter err() {
        return spec.commandLine().getErr();
    }

    private void agree(boolean yes, String question) {
        if (!yes) {
            err().flush();
            new Consent(Terminal.detect(env, false), System.in, err(), false).toGoOn(question);
        }
    }

    @Command(
            name = "install",
            mixinStandardHelpOptions = true,
            description = "Write the unit, start it, and have it started from now on.")
    int install(
            @Option(names = "--print", description = "Print the unit and do nothing.")
                    boolean print,
            @Option(
                            names = {"-y", "--yes"},
                            description = "Without asking.")
                    boolean yes,
            @Option(
                            names = "--run-as",
                            paramLabel = "USER",
                            description =
                                    "Who runs a unit of the system. Default: a user made up for"
                                            + " it, or you where the program lies in a home.")
                    @Nullable String runAs,
            @Option(
                            names = "--program",
                            paramLabel = "PATH",
                            description = "The launcher. Default: the one in use.")
                    @Nullable Path program,
            @Parameters(
                            paramLabel = "-- COMMAND",
                            arity = "0..*",
                            description = "What it runs. Default: serve.")
                    @Nullable List<String> arguments) {
        List<String> wanted =
                arguments == null || arguments.isEmpty() ? List.of("serve") : arguments;
        if (!LASTING.contains(wanted.getFirst())) {
            throw UserError.wrongUse(
                    "A service runs serve or warm, but got '" + wanted.getFirst() + "'.",
                    "As in: stoker service install -- serve --port 9114");
        }
        Path launcher = launcher(program);
        SystemdUnits units = units();
        Path file = units.file(name);
        String text =
                UnitText.of(
                        new UnitRequest(
                                name,
                                scope(),
                                launcher,
                                wanted,
                                Path.of(System.getProperty("java.home")),
                                runs(runAs, launcher)));
        if (print) {
            spec.commandLine().getOut().print(text);
            spec.commandLine().getOut().flush();
            return ExitCode.DONE.number();
        }
        err().println("To be written to " + file + ":");
        err().println();
        text.lines().forEach(line -> err().println("  " + line));
        err().println();
        err().println("Then:");
        units.installing(name).forEach(c -> err().println("  " + String.join(" ", c)));
        if (user) {
            err().println(
                            "It runs while you are logged in; 'loginctl enable-linger' lets it run"
                                    + " from boot on.");
        }
        Optional<String> objection = units.objection(name, text);
        if (objection.isPresent()) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "systemd objects to this unit: " + objection.get() + ".",
                    "Nothing was written. Print it with --print and mend it by hand.");
        }
        agree(yes, "Write it and start it?");
        units.install(name, text);
        err().println("It runs. Its log: journalctl " + (user ? "--user " : "") + "-u " + name);
        err().flush();
        return ExitCode.DONE.number();
    }

    /** A made-up user can't reach into a home. */
    private Optional<String> runs(@Nullable String runAs, Path launcher) {
        if (runAs != null) {
            if (!runAs.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?")) {
                throw UserError.wrongUse("'" + runAs + "' is no name of a user.", "");
            }
            return Optional.of(runAs);
        }
        boolean inHome =
                launcher.startsWith("/home")
                        || launcher.startsWith("/root")
                        || launcher.startsWith("/tmp");
        return user || !inHome ? Optional.empty() : Optional.of(System.getProperty("user.name"));
    }

    private static Path launcher(@Nullable Path told) {
        if (told != null) {
            if (!Files.isExecutable(told)) {
                throw UserError.wrongUse(told + " is no program.", "Name Stoker's launcher.");
            }
            return told.toAbsolutePath().normalize();
        }
        Path jar = Path.of(System.getProperty("java.class.path").split(":", 2)[0]).toAbsolutePath();
        for (Path at = jar.getParent(); at != null; at = at.getParent()) {
            Path candidate = at.resolve("stoker");
            if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
                return candidate.normalize();
            }
        }
        throw UserError.wrongUse(
                "Stoker's launcher was not found beside " + jar + ".",
                "Name it: --program /path/to/stoker.");
    }

    @Command(
            name = "status",
            mixinStandardHelpOptions = true,
            description = "Say how the service does. Exit code 1 when it does not run.")
    int status(@Option(names = "--json", description = "As JSON.") boolean json) {
        SystemdUnits units = units();
        boolean ours = units.isOurs(name);
        Map<String, String> told = units.show(name);
        String state = told.getOrDefault("ActiveState", "unknown");
        boolean runs = state.equals("active");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ObjectNode root = Json.object();
            root.put("schema", "stoker.service").put("version", 1);
            root.put("unit", name + ".service").put("file", units.file(name).toString());
            root.put("written_by_stoker", ours).put("state", state);
            number(root, "pid", told.get("MainPID"));
            number(root, "memory_bytes", told.get("MemoryCurrent"));
            number(root, "cpu_nanos", told.get("CPUUsageNSec"));
            number(root, "restarts", told.get("NRestarts"));
            out.println(Json.pretty(root));
        } else {
            List<String> words = new ArrayList<>();
            words.add(
                    name
                            + ".service: "
                            + state
                            + " ("
                            + told.getOrDefault("SubState", "?")
                            + "), "
                            + told.getOrDefault("UnitFileState", ""));
            if (runs) {
                words.add("process " + told.getOrDefault("MainPID", "?"));
                positive(told.get("MemoryCurrent")).ifPresent(b -> words.add(Bytes.of(b).binary()));
                words.add(told.getOrDefault("NRestarts", "?") + " restarts");
                words.add("since " + told.getOrDefault("ExecMainStartTimestamp", "?"));
            }
            out.println(String.join(", ", words));
            if (!ours) {
                out.println("There is no unit of that name that Stoker wrote.");
            }
        }
        out.flush();
        return (runs ? ExitCode.DONE : ExitCode.BAD_ANSWER).number();
    }

    private static Optional<Long> positive(@Nullable String digits) {
        return digits != null && digits.matches("[0-9]{1,18}")
                ? Optional.of(Long.parseLong(digits))
                : Optional.empty();
    }

    private static void number(ObjectNode o, String field, @Nullable String digits) {
        Optional<Long> number = positive(digits);
        if (number.isPresent()) {
            o.put(field, number.get());
        } else {
            o.putNull(field);
        }
    }

    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = "End the service and delete its unit.")
    int remove(
            @Option(
                            names = {"-y", "--yes"},
                            description = "Without asking.")
                    boolean yes) {
        SystemdUnits units = units();
        err().println("To be done:");
        units.removing(name).forEach(c -> err().println("  " + String.join(" ", c)));
        err().println("  delete " + units.file(name));
        agree(yes, "Do it?");
        units.remove(name);
        return ExitCode.DONE.number();
    }
}
