package dev.stoker.service;

import dev.stoker.base.Cancellation;
import dev.stoker.base.ExitCode;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts units where systemd reads them, takes them away, and tells how they do. Only units that this
 * program wrote are replaced or removed. Every command is bounded. Used by one thread.
 */
public final class SystemdUnits {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int LONGEST_NAME = 100;

    private final CommandRunner commands;
    private final Path folder;
    private final UnitRequest.Scope scope;

    /**
     * @param folder where the units of this scope are
     */
    public SystemdUnits(CommandRunner commands, Path folder, UnitRequest.Scope scope) {
        this.commands = commands;
        this.folder = folder;
        this.scope = scope;
    }

    /** Returns where an administrator's units of the system are. */
    public static Path systemFolder() {
        return Path.of("/etc/systemd/system");
    }

    /** Returns where a user's units are. */
    public static Path userFolder(Map<String, String> env) {
        String config = env.getOrDefault("XDG_CONFIG_HOME", "");
        Path base =
                config.startsWith("/")
                        ? Path.of(config)
                        : Path.of(env.getOrDefault("HOME", "/"), ".config");
        return base.resolve("systemd").resolve("user");
    }

    /**
     * @throws UserError for a name that is none
     */
    public Path file(String name) {
        if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*") || name.length() > LONGEST_NAME) {
            throw UserError.wrongUse(
                    "'" + Text.plain(name, 60) + "' is no name of a unit.",
                    "Use letters, digits, '-', '_' and '.'.");
        }
        return folder.resolve(name + ".service");
    }

    /** Returns the commands that make it run, as they are shown. */
    public List<List<String>> installing(String name) {
        return List.of(
                systemctl("daemon-reload"),
                systemctl("enable", name + ".service"),
                systemctl("restart", name + ".service"));
    }

    /** Returns the commands that end it, as they are shown. */
    public List<List<String>> removing(String name) {
        return List.of(systemctl("disable", "--now", name + ".service"));
    }

    /**
     * Has systemd check a unit's text.
     *
     * @return what it objects to; empty where it is content, or there is no systemd-analyze
     */
    public Optional<String> objection(String name, String text) {
        try {
            Path draft = Files.createTempDirectory("stoker-unit");
            Path file = draft.resolve(name + ".service");
            try {
                Files.writeString(file, text);
                List<String> command = new ArrayList<>(List.of("systemd-analyze"));
                if (scope == UnitRequest.Scope.USER) {
                    command.add("--user");
                }
                command.addAll(List.of("verify", "--recursive-errors=no", file.toString()));
                return switch (commands.run(command, LIMIT, Cancellation.never())) {
                    case CommandEnd.Finished(int code, String output, boolean _) ->
                            // Without a manager to ask it fails, and says nothing of the unit.
                            code == 0 || !output.contains(name + ".service")
                                    ? Optional.empty()
                                    : Optional.of(
                                            Text.plain(output.strip(), 500)
                                                    .replace(draft + "/", ""));
                    case CommandEnd.TimedOut _ -> Optional.of("systemd-analyze did not end");
                    case CommandEnd.NotStarted _ -> Optional.empty();
                    case CommandEnd.Cancelled() -> Optional.of("interrupted");
                };
            } finally {
                Files.deleteIfExists(file);
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw failed("The unit can't be checked in a temporary folder", e);
        }
    }

    /**
     * Writes the unit and starts it.
     *
     * @throws UserError where somebody else's unit is there, or a step fails
     */
    public void install(String name, String text) {
        Path file = file(name);
        requireOurs(file, "replaced");
        try {
            Files.createDirectories(folder);
            Path fresh = Files.createTempFile(folder, "." + name, ".new");
            Files.writeString(fresh, text);
            fresh.toFile().setReadable(true, false);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw failed("The unit can't be written to " + file, e);
        }
        installing(name).forEach(this::must);
    }

    /**
     * Ends the service and deletes its unit.
     *
     * @throws UserError where there is none, it is somebody else's, or a step fails
     */
    public void remove(String name) {
        Path file = file(name);
        if (!Files.exists(file)) {
            throw UserError.wrongUse("There is no unit " + file + ".", "");
        }
        requireOurs(file, "removed");
        removing(name).forEach(this::must);
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw failed("The unit " + file + " can't be deleted", e);
        }
        must(systemctl("daemon-reload"));
    }

    /** Returns whether there is a unit of this name that this program wrote. */
    public boolean isOurs(String name) {
        Path file = file(name);
        try {
            return Files.isRegularFile(file) && Files.readString(file).startsWith(UnitText.MARK);
        } catch (IOException e) {
            return false;
        }
    }

    private void requireOurs(Path file, String done) {
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.service$", "");
        if (Files.exists(file) && !isOurs(name)) {
            throw new UserError(
                    ExitCode.REFUSED,
                    "The unit " + file + " was not written by Stoker, so it is not " + done + ".",
                    "Choose another name with --name, or move that file away.");
        }
    }

    /**
     * Returns what systemd knows of it: {@code ActiveState}, {@code SubState}, {@code MainPID},
     * {@code MemoryCurrent}, {@code CPUUsageNSec}, {@code NRestarts}, {@code
     * ExecMainStartTimestamp} and {@code UnitFileState}.
     *
     * @throws UserError where systemd does not answer
     */
    public Map<String, String> show(String name) {
        String output =
                must(
                        systemctl(
                                "show",
                                "--property=ActiveState,SubState,MainPID,MemoryCurrent,"
                                        + "CPUUsageNSec,NRestarts,ExecMainStartTimestamp,"
                                        + "UnitFileState",
                                name + ".service"));
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : output.split("\n", -1)) {
            int at = line.indexOf('=');
            if (at > 0) {
                all.put(line.substring(0, at), Text.plain(line.substring(at + 1), 100));
            }
        }
        return all;
    }

    private List<String> systemctl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("systemctl"));
        if (scope == UnitRequest.Scope.USER) {
            command.add("--user");
        }
        command.add("--no-ask-password");
        command.addAll(List.of(arguments));
        return command;
    }

    private String must(List<String> command) {
        String shown = String.join(" ", command);
        return switch (commands.run(command, LIMIT, Cancellation.never())) {
            case CommandEnd.Finished(int code, String output, boolean _) -> {
                if (code == 0) {
                    yield output;
                }
                throw failed(
                        "'"
                                + shown
                                + "' ended with "
                                + code
                                + (output.isBlank() ? "" : ": " + Text.plain(output.strip(), 300)),
                        null);
            }
            case CommandEnd.TimedOut _ ->
                    throw failed(
                            "'" + shown + "' did not end in " + LIMIT.toSeconds() + " s", null);
            case CommandEnd.NotStarted(String reason) ->
                    throw failed("'" + shown + "' can't be run: " + reason, null);
            case CommandEnd.Cancelled() -> throw failed("'" + shown + "' was ended", null);
        };
    }

    private static UserError failed(String what, @Nullable Exception e) {
        String sentence =
                what
                        + (e == null || e.getMessage() == null
                                ? ""
                                : ": " + Text.plain(e.getMessage(), 200))
                        + ".";
        String hint =
                "It needs systemd, and for a unit of the system the rights of root; 'stoker service"
                        + " install --print' prints the unit alone.";
        return e == null
                ? new UserError(ExitCode.SERVER_FAILED, sentence, hint)
                : new UserError(ExitCode.SERVER_FAILED, sentence, hint, e);
    }
}
