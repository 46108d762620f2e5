package dev.stoker.control;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.ProcessRunner;
import dev.stoker.host.Supervisor;
import dev.stoker.json.Json;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a means to restart a server: the user's own command, the unit of systemd that the server
 * is, or the container that it runs in. Finding only looks. A unit counts only if the server is its
 * main process: a server that was started from a login must never lead to a restart of the login's
 * service. Thread-safe.
 */
public final class Controls {
    private static final Duration LOOK = Duration.ofSeconds(5);
    private static final String ADVICE = "; give --restart-command to let Stoker restart it";

    /** Programs that a unit starts a server by. */
    private static final Set<String> STARTERS =
            Set.of(
                    "sh",
                    "bash",
                    "dash",
                    "ash",
                    "zsh",
                    "busybox",
                    "env",
                    "tini",
                    "dumb-init",
                    "catatonit",
                    "conmon",
                    "uv",
                    "sudo",
                    "runuser",
                    "su");

    private final HostSource host;
    private final CommandRunner commands;
    private final Clock clock;
    private final Path dockerSocket;
    private final Identity self;

    /**
     * Who this program is.
     *
     * @param pid its process
     * @param uid its user; 0 is root
     */
    public record Identity(long pid, long uid) {

        /** Returns this very process; an unknown user counts as an ordinary one. */
        static Identity own() {
            long pid = ProcessHandle.current().pid();
            try {
                Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
                return new Identity(pid, uid instanceof Number n ? n.longValue() : Long.MAX_VALUE);
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
                return new Identity(pid, Long.MAX_VALUE);
            }
        }
    }

    /**
     * @param host the server's host
     * @param commands runs systemctl and the rest
     * @param dockerSocket where Docker's daemon listens
     */
    public Controls(
            HostSource host,
            CommandRunner commands,
            Clock clock,
            Path dockerSocket,
            Identity self) {
        this.host = host;
        this.commands = commands;
        this.clock = clock;
        this.dockerSocket = dockerSocket;
        this.self = self;
    }

    /** Returns what finds the means on this machine for a server on that host. */
    public static Controls of(HostSource host, Clock clock) {
        return new Controls(host, new ProcessRunner(), clock, dockerSocket(), Identity.own());
    }

    /** Returns where this machine's Docker daemon listens. */
    static Path dockerSocket() {
        String address = String.valueOf(System.getenv("DOCKER_HOST"));
        return Path.of(
                address.startsWith("unix://") ? address.substring(7) : "/var/run/docker.sock");
    }

    /** Returns the control that runs the user's own command by the shell. */
    public ServerControl byCommand(String restartCommand) {
        return new CommandControl(restartCommand, List.of("sh", "-c", restartCommand), commands);
    }

    /**
     * Returns the means for the server on that port; one that can't restart says why. Only looks.
     */
    public ServerControl find(int port) {
        if (!(host.listener(port) instanceof Reading.Known<HostProcess>(HostProcess server))) {
            return none(sentence(host.listener(port).reason()));
        }
        Reading<Supervisor> keeper = host.supervisor(server.pid());
        if (keeper.isKnown()
                && !(keeper.value() instanceof Supervisor.Nobody)
                && keeper.equals(host.supervisor(self.pid()))) {
            return none(
                    "Stoker runs in the same unit or container as the server and would end itself");
        }
        return switch (keeper) {
            case Reading.Known<Supervisor>(Supervisor.SystemUnit unit) ->
                    systemUnit(unit.unit(), server);
            case Reading.Known<Supervisor>(Supervisor.UserUnit unit) -> userUnit(unit, server);
            case Reading.Known<Supervisor>(Supervisor.Container container) -> container(container);
            case Reading.Known<Supervisor>(Supervisor.Nobody _) -> startedByHand(server);
            default -> none(sentence(keeper.reason()));
        };
    }

    private static ServerControl startedByHand(HostProcess server) {
        return none(
                "The server ("
                        + server.name()
                        + ", process "
                        + server.pid()
                        + ") was started by hand: it is no unit of systemd and runs in no"
                        + " container");
    }

    private ServerControl systemUnit(String unit, HostProcess server) {
        String means = "systemctl restart " + unit;
        Optional<ServerControl> obstacle = notItsMain(List.of("systemctl"), unit, server);
        if (obstacle.isPresent()) {
            return obstacle.get();
        }
        if (self.uid() != 0) {
            return new NoControl(
                    "Restarting "
                            + Text.plain(unit, 100)
                            + " needs root; run Stoker as root, or give"
                            + " --restart-command 'sudo "
                            + Text.plain(means)
                            + "'");
        }
        return new CommandControl(
                means, List.of("systemctl", "--no-ask-password", "restart", unit), commands);
    }

    private ServerControl userUnit(Supervisor.UserUnit unit, HostProcess server) {
        String means = "systemctl --user restart " + unit.unit();
        if (unit.uid() != self.uid()) {
            return new NoControl(
                    "The server is a unit of another user ("
                            + unit.uid()
                            + "); run Stoker as that user,"
                            + " or give --restart-command with what runs '"
                            + Text.plain(means)
                            + "' as that user");
        }
        return notItsMain(List.of("systemctl", "--user"), unit.unit(), server)
                .orElseGet(() ->
                        new CommandControl(
                                means,
                                List.of(
                                        "systemctl",
                                        "--user",
                                        "--no-ask-password",
                                        "restart",
                                        unit.unit()),
                                commands));
    }

    /**
     * Returns what speaks against a restart of the unit: no systemd, or a main process that is not
     * the server.
     */
    private Optional<ServerControl> notItsMain(
            List<String> systemctl, String unit, HostProcess server) {
        List<String> line = new ArrayList<>(systemctl);
        line.addAll(List.of("show", "--property=MainPID", "--value", unit));
        CommandEnd end = commands.run(line, LOOK, Cancellation.never());
        if (!(end instanceof CommandEnd.Finished f) || f.code() != 0) {
            return Optional.of(
                    none(
                            "The server runs in the unit "
                                    + Text.plain(unit, 100)
                                    + ", but systemctl does not answer"
                                    + (end instanceof CommandEnd.Finished f
                                            ? ": " + Text.plain(f.output(), 200)
                                            : "")));
        }
        String main = f.output().strip();
        boolean isMain = main.equals(Long.toString(server.pid()));
        boolean startedByMain =
                main.equals(Long.toString(server.parent()))
                        && host.tree(server.parent()).processes().stream()
                                .findFirst()
                                .filter(p -> STARTERS.contains(p.name()))
                                .isPresent();
        return isMain || startedByMain
                ? Optional.empty()
                : Optional.of(
                        none(
                                "The server was started from within "
                                        + Text.plain(unit, 100)
                                        + ", which is not its own unit"));
    }

    private ServerControl container(Supervisor.Container container) {
        String id = container.id();
        return switch (container.engine()) {
            case "docker" -> docker(id);
            case "podman" -> byProgram("podman", id);
            case "kubernetes" ->
                    none(
                            "The server runs in a pod of Kubernetes, which only its cluster can"
                                    + " restart");
            default -> none("The server runs in a container of " + container.engine());
        };
    }

    private ServerControl docker(String id) {
        if (Files.exists(dockerSocket)) {
            DockerSocket socket = new DockerSocket(dockerSocket, clock);
            try {
                DockerSocket.Answer answer =
                        socket.request(
                                "GET", "/containers/" + id + "/json", LOOK, Cancellation.never());
                if (answer.status() == 200) {
                    String name =
                            Json.parse(answer.body())
                                    .flatMap(node -> Json.text(node, "Name"))
                                    .map(n -> n.startsWith("/") ? n.substring(1) : n)
                                    .orElse(id.substring(0, 12));
                    return new DockerControl(socket, id, name);
                }
            } catch (IOException e) {
                return byProgram("docker", id);
            }
        }
        return byProgram("docker", id);
    }

    /** Asks the engine's own program, which may know another daemon or have other rights. */
    private ServerControl byProgram(String engine, String id) {
        String shown = id.substring(0, 12);
        CommandEnd end =
                commands.run(
                        List.of(
                                engine,
                                "inspect",
                                "--type",
                                "container",
                                "--format",
                                "{{.Name}}",
                                id),
                        LOOK,
                        Cancellation.never());
        if (end instanceof CommandEnd.Finished f && f.code() == 0) {
            String name = f.output().strip();
            name = name.startsWith("/") ? name.substring(1) : name;
            return new CommandControl(
                    engine + " restart " + (name.isEmpty() ? shown : name),
                    List.of(engine, "restart", id),
                    commands);
        }
        String why =
                switch (end) {
                    case CommandEnd.Finished f -> Text.plain(f.output(), 200);
                    case CommandEnd.NotStarted n -> n.reason();
                    default -> "no answer within " + LOOK.toSeconds() + " s";
                };
        return none(
                "The server runs in the "
                        + engine
                        + " container "
                        + shown
                        + ", but "
                        + engine
                        + " may not be asked: "
                        + why);
    }

    private static ServerControl none(String why) {
        return new NoControl(why + ADVICE);
    }

    private static String sentence(String reason) {
        return reason.isEmpty()
                ? "The server's process is unknown"
                : Character.toUpperCase(reason.charAt(0)) + reason.substring(1);
    }
}
