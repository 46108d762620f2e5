package dev.stoker.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.host.Supervisor.Container;
import dev.stoker.host.Supervisor.Nobody;
import dev.stoker.host.Supervisor.SystemUnit;
import dev.stoker.host.Supervisor.UserUnit;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import org.junit.jupiter.api.Test;

class ControlGroupsTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @Test
    void supervisor_pathsOfTheEngines_containerAndEngine() {
        assertThat(ControlGroups.supervisor("/system.slice/docker-" + ID + ".scope"))
                .isEqualTo(new Container("docker", ID));
        assertThat(ControlGroups.supervisor("/docker/" + ID))
                .isEqualTo(new Container("docker", ID));
        assertThat(ControlGroups.supervisor("/docker/" + ID + "/nested"))
                .isEqualTo(new Container("docker", ID));
        assertThat(ControlGroups.supervisor("/machine.slice/libpod-" + ID + ".scope/container"))
                .isEqualTo(new Container("podman", ID));
        assertThat(
                        ControlGroups.supervisor(
                                "/kubepods.slice/kubepods-pod1.slice/cri-containerd-"
                                        + ID
                                        + ".scope"))
                .isEqualTo(new Container("kubernetes", ID));
        assertThat(ControlGroups.supervisor("/system.slice/nerdctl-" + ID + ".scope"))
                .isEqualTo(new Container("containerd", ID));
    }

    @Test
    void supervisor_rootlessDocker_containerNotUserUnit() {
        assertThat(
                        ControlGroups.supervisor(
                                "/user.slice/user-1000.slice/user@1000.service/user.slice/docker-"
                                        + ID
                                        + ".scope"))
                .isEqualTo(new Container("docker", ID));
    }

    @Test
    void supervisor_podmanInsideAUnit_theUnitThatRestartsIt() {
        assertThat(ControlGroups.supervisor("/system.slice/ollama.service/libpod-payload-" + ID))
                .isEqualTo(new SystemUnit("ollama.service"));
    }

    @Test
    void supervisor_units_theirNames() {
        assertThat(ControlGroups.supervisor("/system.slice/ollama.service"))
                .isEqualTo(new SystemUnit("ollama.service"));
        assertThat(ControlGroups.supervisor("/system.slice/system-llama.slice/llama@a.service/sub"))
                .isEqualTo(new SystemUnit("llama@a.service"));
        assertThat(
                        ControlGroups.supervisor(
                                "/user.slice/user-1000.slice/user@1000.service/app.slice/ollama.service"))
                .isEqualTo(new UserUnit("ollama.service", 1000));
    }

    @Test
    void supervisor_sessionsAndRoots_nobody() {
        for (String path :
                new String[] {
                    "/",
                    "/init.scope",
                    "/user.slice/user-1000.slice/session-3.scope",
                    "/user.slice/user-1000.slice/user@1000.service/app.slice/vte-spawn-1.scope",
                    "/user.slice/user-1000.slice/user@1000.service/init.scope"
                }) {
            assertThat(ControlGroups.supervisor(path)).isEqualTo(new Nobody(path));
        }
    }

    @Property
    void supervisor_anyPath_neverThrows(@ForAll String path) {
        assertThat(ControlGroups.supervisor(path)).isNotNull();
    }
}
