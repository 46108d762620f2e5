package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.host.CommandEnd;
import dev.stoker.host.CommandRunner;
import dev.stoker.json.Json;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ServiceCommandTest {
    @TempDir Path folder;

    private final List<String> ran = new ArrayList<>();
    private CommandEnd verdict = new CommandEnd.Finished(0, "", false);
    private CommandEnd systemctl = new CommandEnd.Finished(0, "", false);
    private Path program = Path.of("/");
    private String out = "";
    private String err = "";

    @BeforeEach
    void program() throws IOException {
        program = Files.writeString(folder.resolve("a program"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private int service(String... arguments) {
        CommandRunner commands =
                (command, _, _) -> {
                    ran.add(String.join(" ", command));
                    return command.getFirst().equals("systemctl") ? systemctl : verdict;
                };
        ServiceCommand made =
                new ServiceCommand(
                        commands,
                        Map.of("HOME", folder.toString()),
                        Optional.of(folder.resolve("units")));
        CommandLine line = StokerCommand.commandLine(Map.of("service", () -> made), "service");
        StringWriter o = new StringWriter();
        StringWriter e = new StringWriter();
        line.setOut(new PrintWriter(o)).setErr(new PrintWriter(e));
        List<String> all = new ArrayList<>(List.of("service"));
        all.addAll(Arrays.asList(arguments));
        int code = line.execute(all.toArray(String[]::new));
        out = o.toString();
        err = e.toString();
        return code;
    }

    private Path unit() {
        return folder.resolve("units").resolve("stoker.service");
    }

    @Test
    void install_nobodyToAsk_showsAndWritesNothing() {
        assertThat(service("install", "--program", program.toString())).isEqualTo(4);

        assertThat(err).contains("ExecStart=\"" + program + "\" serve", "systemctl");
        assertThat(unit()).doesNotExist();
        assertThat(ran).allMatch(c -> c.startsWith("systemd-analyze verify"));
    }

    @Test
    void install_yes_writesAndStarts() throws IOException {
        assertThat(
                        service(
                                "install",
                                "--yes",
                                "--program",
                                program.toString(),
                                "--",
                                "warm",
                                "--watch",
                                "50% of $x"))
                .isZero();

        assertThat(Files.readString(unit()))
                .startsWith("# Written by 'stoker service install'.")
                .contains("ExecStart=\"" + program + "\" warm --watch \"50%% of $$x\"\n")
                .contains("NoNewPrivileges=yes", "ProtectSystem=strict", "StateDirectory=stoker");
        assertThat(ran.subList(1, ran.size()))
                .containsExactly(
                        "systemctl --no-ask-password daemon-reload",
                        "systemctl --no-ask-password enable stoker.service",
                        "systemctl --no-ask-password restart stoker.service");
    }

    @Test
    void install_userUnit_asksTheUsersSystemd() throws IOException {
        assertThat(service("install", "--user", "--yes", "--program", program.toString())).isZero();

        assertThat(Files.readString(unit()))
                .contains("WantedBy=default.target")
                .doesNotContain("DynamicUser", "ProtectHome");
        assertThat(ran).allMatch(c -> c.contains(" --user "));
    }

    @Test
    void install_systemdObjects_nothingWritten() {
        verdict = new CommandEnd.Finished(1, "stoker.service:3: Unknown key 'Foo'", false);

        assertThat(service("install", "--yes", "--program", program.toString())).isEqualTo(4);

        assertThat(err).contains("Unknown key 'Foo'", "Nothing was written");
        assertThat(unit()).doesNotExist();
    }

    @Test
    void install_noSystemdAnalyze_goesOn() {
        verdict = new CommandEnd.NotStarted("no such program");

        assertThat(service("install", "--yes", "--program", program.toString())).isZero();
        assertThat(unit()).exists();
    }

    @Test
    void install_systemdAnalyzeThatCantWork_goesOn() {
        verdict = new CommandEnd.Finished(1, "Failed to initialize manager", false);

        assertThat(service("install", "--user", "--yes", "--program", program.toString())).isZero();
    }

    @Test
    void install_somebodyElsesUnit_isRefused() throws IOException {
        Files.createDirectories(folder.resolve("units"));
        Files.writeString(unit(), "[Service]\nExecStart=/bin/true\n");

        assertThat(service("install", "--yes", "--program", program.toString())).isEqualTo(4);
        assertThat(service("remove", "--yes")).isEqualTo(4);

        assertThat(Files.readString(unit())).contains("/bin/true");
    }

    @Test
    void install_commandThatEnds_isRefused() {
        assertThat(service("install", "--yes", "--program", program.toString(), "--", "gpu"))
                .isEqualTo(2);
        assertThat(err).contains("A service runs serve or warm, but got 'gpu'");
    }

    @Test
    void install_nameThatLeavesTheFolder_isRefused() {
        assertThat(service("install", "--yes", "--name", "../x", "--program", program.toString()))
                .isEqualTo(2);
        assertThat(ran).isEmpty();
    }

    @Test
    void install_systemctlFails_saysWhatItSaid() {
        systemctl = new CommandEnd.Finished(1, "System has not been booted with systemd", false);

        assertThat(service("install", "--yes", "--program", program.toString())).isEqualTo(3);
        assertThat(err).contains("daemon-reload' ended with 1: System has not been booted");
    }

    @Test
    void remove_itsOwn_endsAndDeletes() {
        service("install", "--yes", "--program", program.toString());
        ran.clear();

        assertThat(service("remove", "--yes")).isZero();

        assertThat(unit()).doesNotExist();
        assertThat(ran)
                .containsExactly(
                        "systemctl --no-ask-password disable --now stoker.service",
                        "systemctl --no-ask-password daemon-reload");
    }

    @Test
    void status_running_isShownAndExitsWithZero() {
        systemctl =
                new CommandEnd.Finished(
                        0,
                        "ActiveState=active\n"
                                + "SubState=running\n"
                                + "MainPID=42\n"
                                + "MemoryCurrent=104857600\n"
                                + "CPUUsageNSec=7\n"
                                + "NRestarts=1\n"
                                + "UnitFileState=enabled\n",
                        false);

        assertThat(service("status")).isZero();
        assertThat(out).contains("active (running)", "process 42", "100 MiB", "1 restarts");

        assertThat(service("status", "--json")).isZero();
        assertThat(Json.parse(out).orElseThrow().path("memory_bytes").asLong())
                .isEqualTo(104_857_600);
    }

    @Test
    void status_notThere_exitsWithOne() {
        systemctl =
                new CommandEnd.Finished(
                        0, "ActiveState=inactive\nSubState=dead\nMemoryCurrent=[not set]\n", false);

        assertThat(service("status", "--json")).isEqualTo(1);
        assertThat(Json.parse(out).orElseThrow().path("memory_bytes").isNull()).isTrue();
    }
}
