package dev.stoker.degrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stoker.base.Cancellation;
import dev.stoker.base.Reading;
import dev.stoker.base.SteppingClock;
import dev.stoker.control.ControlException;
import dev.stoker.control.NoControl;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostProcess;
import dev.stoker.host.HostSource;
import dev.stoker.host.MemoryUser;
import dev.stoker.host.NoHost;
import dev.stoker.host.Throttling;
import dev.stoker.host.TreeMemory;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Remedies on a made-up machine: nothing of the real one is touched. */
class HostHandsTest {
    private static final Cancellation NEVER = Cancellation.never();

    @TempDir private Path proc;

    private final List<Long> ended = new ArrayList<>();
    private final SteppingClock clock = new SteppingClock();
    private OptionalLong mark = OptionalLong.of(77);
    private boolean mayEnd = true;

    @BeforeEach
    void files() throws Exception {
        Path folder = Files.createDirectories(proc.resolve("sys/vm"));
        Files.writeString(folder.resolve("drop_caches"), "0");
        Files.writeString(folder.resolve("compact_memory"), "");
    }

    private HostHands hands(HostSource host) {
        return new HostHands(
                host,
                proc,
                () -> Reading.known(new HostProcess(42, 1, "llama-server", "llama-server")),
                new NoControl("It was started by hand"),
                Optional.empty(),
                pid -> {
                    ended.add(pid);
                    mark = OptionalLong.empty();
                    return mayEnd;
                },
                clock);
    }

    /** This machine, of which only the start of one process is told. */
    private final class Here implements HostSource {
        private final NoHost rest = new NoHost("not here");

        @Override
        public HostMemory memory() {
            return rest.memory();
        }

        @Override
        public Reading<HostProcess> listener(int port) {
            return rest.listener(port);
        }

        @Override
        public TreeMemory tree(long rootPid) {
            return rest.tree(rootPid);
        }

        @Override
        public List<MemoryUser> largestUsers(int count) {
            return List.of();
        }

        @Override
        public Reading<Throttling> throttling() {
            return rest.throttling();
        }

        @Override
        public OptionalLong startMark(long pid) {
            return mark;
        }

        @Override
        public boolean isLocal() {
            return true;
        }
    }

    @Test
    void dropCachesAndCompact_mayBeWritten_writeTheKernelsFiles() throws Exception {
        HostHands hands = hands(new Here());
        assertThat(hands.means(Remedy.DROP_CACHES).value()).contains("drop_caches");
        hands.apply(Remedy.DROP_CACHES, NEVER);
        hands.apply(Remedy.COMPACT, NEVER);
        assertThat(proc.resolve("sys/vm/drop_caches")).hasContent("1");
        assertThat(proc.resolve("sys/vm/compact_memory")).hasContent("1");
    }

    @Test
    void means_otherMachineOrNoWay_sayWhyNot() {
        HostHands there = hands(new NoHost("another machine"));
        assertThat(there.means(Remedy.DROP_CACHES).reason()).contains("this machine");
        HostHands here = hands(new Here());
        assertThat(here.means(Remedy.RESTART).reason()).contains("started by hand");
        assertThat(here.means(Remedy.RECREATE).reason()).contains("--recreate-command");
        assertThat(here.means(Remedy.REBOOT).reason()).contains("only advises");
    }

    @Test
    void respawn_processOutlivesTheUnload_isEnded() throws Exception {
        HostHands hands = hands(new Here());
        assertThat(hands.means(Remedy.RESPAWN).value()).contains("42");
        hands.apply(Remedy.RESPAWN, NEVER);
        assertThat(ended).containsExactly(42L);
    }

    @Test
    void respawn_processIsGoneOrAnotherHasItsNumber_nothingIsEnded() throws Exception {
        HostHands hands = hands(new Here());
        hands.means(Remedy.RESPAWN);
        mark = OptionalLong.of(99);
        hands.apply(Remedy.RESPAWN, NEVER);
        assertThat(ended).isEmpty();
    }

    @Test
    void respawn_mayNotBeEnded_fails() {
        mayEnd = false;
        HostHands hands = hands(new Here());
        hands.means(Remedy.RESPAWN);
        assertThatThrownBy(() -> hands.apply(Remedy.RESPAWN, NEVER))
                .isInstanceOf(ControlException.class)
                .hasMessageContaining("may not be ended");
    }
}
