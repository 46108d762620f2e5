package dev.stoker.tui.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;
import dev.stoker.host.HostProcess;
import dev.stoker.host.ProcessDetails;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class ProcessRowTest {

    private static ProcessRow row(long pid, long parent) {
        return new ProcessRow(
                pid,
                List.of(),
                Reading.known(
                        new ProcessDetails(
                                new HostProcess(pid, parent, "p", "/usr/bin/p -x"),
                                Reading.known("anna"),
                                Reading.failed("x"),
                                Reading.failed("x"),
                                Reading.failed("x"),
                                Reading.known(Optional.empty()))),
                Reading.failed("x"),
                0);
    }

    @Test
    void tree_children_standBelowTheirParents() {
        List<ProcessRow> tree = ProcessRow.tree(List.of(row(3, 2), row(9, 1), row(2, 1)));
        assertThat(tree).extracting(ProcessRow::pid).containsExactly(9L, 2L, 3L);
        assertThat(tree).extracting(ProcessRow::depth).containsExactly(0, 0, 1);
    }

    @Test
    void tree_ringOfParents_losesNobody() {
        List<ProcessRow> tree = ProcessRow.tree(List.of(row(2, 3), row(3, 2), row(4, 4)));
        assertThat(tree).extracting(ProcessRow::pid).containsExactlyInAnyOrder(2L, 3L, 4L);
    }

    @Test
    void rows_ofAMachine_addUpWhatAProcessHoldsOnAllGpus() {
        List<ProcessRow> rows = ProcessRow.of(Machines.desktop().sample());
        assertThat(rows).extracting(ProcessRow::pid).containsExactly(4001L, 1200L);
        assertThat(rows.getFirst().gpus()).isEqualTo("0");
        assertThat(rows.getFirst().model()).isEqualTo(Reading.known("qwen3:32b"));
    }

    @Test
    void command_short_isWithoutTheFolder() {
        assertThat(row(1, 1).command(false)).isEqualTo("p -x");
        assertThat(row(1, 1).command(true)).isEqualTo("/usr/bin/p -x");
    }
}
