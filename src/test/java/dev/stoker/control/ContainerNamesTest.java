package dev.stoker.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.host.HostContainer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;

class ContainerNamesTest {
    private static final String ID = "0123456789abcdef".repeat(4);
    private static final HostContainer CONTAINER = new HostContainer("docker", ID, "", "");

    @TempDir Path folder;

    private ContainerNames names() {
        return new ContainerNames(folder.resolve("d.sock"), Clock.system());
    }

    @Test
    void of_runningContainer_itsNameWithOneRequestForAll() throws Exception {
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            docker.answer(
                    "GET /containers/json",
                    200,
                    "[{\"Id\":\"" + ID + "\",\"Names\":[\"/ollama\\u001b[2J\"]},{\"Id\":7}]");
            ContainerNames names = names();

            assertThat(names.of(CONTAINER)).isEqualTo(Reading.known("ollama[2J"));
            assertThat(names.of(CONTAINER).isKnown()).isTrue();
            assertThat(names.of(new HostContainer("docker", "f".repeat(64), "", "")).reason())
                    .contains("does not list");
            assertThat(docker.asked()).containsExactly("GET /containers/json");
        }
    }

    @Test
    void of_daemonKeepsSilent_reasonWithinABoundAndNotAskedAtOnceAgain() throws Exception {
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            ContainerNames names = names();
            long begin = Clock.system().nanos();
            for (int i = 0; i < 20; i++) {
                assertThat(names.of(CONTAINER).reason()).contains("no answer within");
            }

            assertThat(Duration.ofNanos(Clock.system().nanos() - begin))
                    .isLessThan(Duration.ofSeconds(8));
            assertThat(docker.asked()).hasSize(1);
        }
    }

    @Test
    void of_noDaemon_saysSo() {
        assertThat(names().of(CONTAINER).reason()).contains("not to be seen");
    }

    @Test
    void of_otherEngine_daemonNotAsked() {
        assertThat(names().of(new HostContainer("podman", ID, "", "")).reason())
                .contains("only Docker");
    }

    @Test
    void of_rubbish_reason() throws Exception {
        try (FakeDocker docker = new FakeDocker(folder.resolve("d.sock"))) {
            docker.answer("GET /containers/json", 200, "not json");

            assertThat(names().of(CONTAINER).reason()).contains("answered 200");
        }
    }
}
