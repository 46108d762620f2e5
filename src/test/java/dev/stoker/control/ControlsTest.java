package dev.stoker.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Bytes;
import dev.stoker.base.Cancellation;
import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.CommandEnd;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.NoHost;
import dev.stoker.host.Supervisor;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

class ControlsTest {
    private static final int PORT = 11434;
    private static final long SELF = 4242;
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir Path folder;

    private final FakeHost host = new FakeHost();
    private final List<String> run = new ArrayList<>();
    private final Map<String, CommandEnd> answers = new HashMap<>();

    @Test
    void byCommand_succeeds_runByTheShell() throws Exception {
        answers.put("sh -c restart it", finished(0, ""));

        ServerControl control = controls(0).byCommand("restart it");
        control.restart(LIMIT, Cancellation.never());

        assertThat(control.canRestart()).isTrue();
        assertThat(control.means()).isEqualTo("restart it");
        assertThat(run).containsExactly("sh -c restart it");
    }

    @Test
    void restart_commandFails_sentenceWithCodeAndCleanedOutput() {
        answers.put("sh -c x", finished(7, "Unit not found.\u001b[31m\n"));

        assertThatThrownBy(() -> controls(0).byCommand("x").restart(LIMIT, Cancellation.never()))
                .isInstanceOf(ControlException.class)
                .hasMessage("'x' ended with exit code 7, and said: Unit not found.[31m.");
    }

    @Test
    void restart_commandHangs_sentenceWithTheLimit() {
        answers.put("sh -c x", new CommandEnd.TimedOut(LIMIT, ""));

        assertThatThrownBy(() -> controls(0).byCommand("x").restart(LIMIT, Cancellation.never()))
                .hasMessage("'x' had not ended after 30 s and was ended.");
    }

    @Test
    void find_unitWhoseMainProcessIsTheServer_systemctl() throws Exception {
        host.keepers.put(900L, new Supervisor.SystemUnit("ollama.service"));
        answers.put(
                "systemctl show --property=MainPID --value ollama.service", finished(0, "900\n"));
        answers.put("systemctl --no-ask-password restart ollama.service", finished(0, ""));

        ServerControl control = controls(0).find(PORT);

        assertThat(control.means()).isEqualTo("systemctl restart ollama.service");
        assertThat(run).noneMatch(line -> line.contains("restart"));
        control.restart(LIMIT, Cancellation.never());
        assertThat(run).last().isEqualTo("systemctl --no-ask-password restart ollama.service");
    }

    @Test
    void find_unitThatStartsTheServerByAShell_systemctl() {
        host.keepers.put(900L, new Supervisor.SystemUnit("vllm.service"));
        host.processes.put(800L, new HostProcess(800, 1, "bash", ""));
        answers.put("systemctl show --property=MainPID --value vllm.service", finished(0, "800\n"));

        assertThat(controls(0).find(PORT).means()).isEqualTo("systemctl restart vllm.service");
    }

    @Test
    void find_serverStartedFromALoginServicesShell_neverThatService() {
        host.keepers.put(900L, new Supervisor.SystemUnit("ssh.service"));
        host.processes.put(800L, new HostProcess(800, 700, "bash", ""));
        answers.put("systemctl show --property=MainPID --value ssh.service", finished(0, "600\n"));

        ServerControl control = controls(0).find(PORT);

        assertThat(control.canRestart()).isFalse();
        assertThat(control.means())
                .contains("started from within ssh.service")
                .contains("--restart-command");
    }

    @Test
    void find_parentIsTheMainProcessButNoStarter_neverThatService() {
        host.keepers.put(900L, new Supervisor.SystemUnit("cron.service"));
        host.processes.put(800L, new HostProcess(800, 1, "cron", ""));
        answers.put("systemctl show --property=MainPID --value cron.service", finished(0, "800\n"));

        assertThat(controls(0).find(PORT).canRestart()).isFalse();
    }

    @Test
    void find_unitOfTheSystemAndNotRoot_exactCommandInTheReason() {
        host.keepers.put(900L, new Supervisor.SystemUnit("ollama.service"));
        answers.put(
                "systemctl show --property=MainPID --value ollama.service", finished(0, "900\n"));

        ServerControl control = controls(1000).find(PORT);

        assertThat(control.canRestart()).isFalse();
        assertThat(control.means())
                .contains("--restart-command 'sudo systemctl restart ollama.service'");
        assertThatThrownBy(() -> control.restart(LIMIT, Cancellation.never()))
                .isInstanceOf(ControlException.class);
    }

    @Test
    void find_unitOfTheSameUser_usersSystemctl() {
        host.keepers.put(900L, new Supervisor.UserUnit("ollama.service", 1000));
        answers.put(
                "systemctl --user show --property=MainPID --value ollama.service",
                finished(0, "900\n"));

        assertThat(controls(1000).find(PORT).means())
                .isEqualTo("systemctl --user restart ollama.service");
        assertThat(controls(0).find(PORT).canRestart()).isFalse();
    }

    @Test
    void find_noSystemctl_saysSo() {
        host.keepers.put(900L, new Supervisor.SystemUnit("ollama.service"));

        assertThat(controls(0).find(PORT).means()).contains("systemctl does not answer");
    }

    @Test
    void find_stokerInTheSameUnit_refuses() {
        host.keepers.put(900L, new Supervisor.SystemUnit("code.service"));
        host.keepers.put(SELF, new Supervisor.SystemUnit("code.service"));

        ServerControl control = controls(0).find(PORT);

        assertThat(control.canRestart()).isFalse();
        assertThat(control.means()).contains("would end itself");
        assertThat(run).isEmpty();
    }

    @Test
    void find_containerAndDaemonAnswers_restartThroughTheSocket() throws Exception {
        host.keepers.put(900L, new Supervisor.Container("docker", ID));
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            docker.answer(
                    "GET /containers/" + ID + "/json", 200, "{\"Name\":\"/ollama\",\"State\":{}}");
            docker.answer("POST /containers/" + ID + "/restart?t=10", 204, "");

            ServerControl control = controls(0).find(PORT);

            assertThat(control.means()).isEqualTo("docker restart ollama");
            assertThat(docker.asked()).containsExactly("GET /containers/" + ID + "/json");
            control.restart(LIMIT, Cancellation.never());
            assertThat(docker.asked()).last().isEqualTo("POST /containers/" + ID + "/restart?t=10");
        }
    }

    @Test
    void restart_daemonRefuses_itsMessage() throws Exception {
        host.keepers.put(900L, new Supervisor.Container("docker", ID));
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            docker.answer("GET /containers/" + ID + "/json", 200, "{\"Name\":\"/ollama\"}");
            docker.answer(
                    "POST /containers/" + ID + "/restart?t=10",
                    500,
                    "{\"message\":\"no GPU left\"}");

            ServerControl control = controls(0).find(PORT);

            assertThatThrownBy(() -> control.restart(LIMIT, Cancellation.never()))
                    .hasMessage(
                            "Docker did not restart the container ollama (HTTP 500): no GPU left.");
        }
    }

    @Test
    void restart_daemonNeverAnswers_endsAtTheLimit() throws Exception {
        host.keepers.put(900L, new Supervisor.Container("docker", ID));
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            docker.answer("GET /containers/" + ID + "/json", 200, "{\"Name\":\"/ollama\"}");

            ServerControl control = controls(0).find(PORT);

            assertThatThrownBy(() -> control.restart(Duration.ofMillis(200), Cancellation.never()))
                    .hasMessageContaining("no answer within");
        }
    }

    @Test
    void find_noSocket_dockersOwnProgram() throws Exception {
        host.keepers.put(900L, new Supervisor.Container("docker", ID));
        answers.put(
                "docker inspect --type container --format {{.Name}} " + ID,
                finished(0, "/ollama\n"));
        answers.put("docker restart " + ID, finished(0, ID));

        ServerControl control = controls(0).find(PORT);

        assertThat(control.means()).isEqualTo("docker restart ollama");
        control.restart(LIMIT, Cancellation.never());
        assertThat(run).last().isEqualTo("docker restart " + ID);
    }

    @Test
    void find_containerAndNoEngineToAsk_reason() {
        host.keepers.put(900L, new Supervisor.Container("podman", ID));
        host.keepers.put(901L, new Supervisor.Container("kubernetes", ID));

        assertThat(controls(0).find(PORT).means()).contains("podman container 0123456789ab");
        host.listener = Reading.known(new HostProcess(901, 1, "vllm", ""));
        assertThat(controls(0).find(PORT).means()).contains("Kubernetes");
    }

    @Test
    void find_startedByHand_reason() {
        host.keepers.put(
                900L, new Supervisor.Nobody("/user.slice/user-1000.slice/session-3.scope"));

        assertThat(controls(0).find(PORT).means())
                .contains("started by hand")
                .contains("--restart-command");
    }

    @Test
    void find_otherMachine_reasonOfTheHost() {
        Controls controls =
                new Controls(
                        new NoHost("the server runs on another machine (box)"),
                        this::answer,
                        Clock.system(),
                        folder.resolve("d.sock"),
                        new Controls.Identity(SELF, 0));

        assertThat(controls.find(PORT).means())
                .isEqualTo(
                        "The server runs on another machine (box); give --restart-command to let"
                                + " Stoker restart it");
    }

    private Controls controls(long uid) {
        return new Controls(
                host,
                this::answer,
                Clock.system(),
                folder.resolve("d.sock"),
                new Controls.Identity(SELF, uid));
    }

    private CommandEnd answer(List<String> command, Duration limit, Cancellation cancellation) {
        String line = String.join(" ", command);
        run.add(line);
        return answers.getOrDefault(
                line, new CommandEnd.NotStarted("there is no program " + command.getFirst()));
    }

    private static CommandEnd finished(int code, String output) {
        return new CommandEnd.Finished(code, output, false);
    }

    private static final class FakeHost implements HostSource {
        private final Map<Long, Supervisor> keepers = new HashMap<>();
        private final Map<Long, HostProcess> processes = new HashMap<>();
        private Reading<HostProcess> listener =
                Reading.known(new HostProcess(900, 800, "ollama", ""));

        @Override
        public HostMemory memory() {
            return new NoHost("none").memory();
        }

        @Override
        public Reading<HostProcess> listener(int port) {
            return listener;
        }

        @Override
        public Reading<Supervisor> supervisor(long pid) {
            return Reading.known(keepers.getOrDefault(pid, new Supervisor.Nobody("/")));
        }

        @Override
        public TreeMemory tree(long rootPid) {
            HostProcess root = processes.get(rootPid);
            Reading<Bytes> none = Reading.unsupported("none");
            return new TreeMemory(root == null ? List.of() : List.of(root), none, "", none);
        }

        @Override
        public List<MemoryUser> largestUsers(int count) {
            return List.of();
        }

        @Override
        public Reading<Throttling> throttling() {
            return Reading.unsupported("none");
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }
}
