package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuProcess.Kind;
import dev.stoker.gpu.nvml.NvmlDecoder.ProcessRow;
import dev.stoker.gpu.nvml.NvmlDecoder.UtilisationRow;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who uses a GPU: the lists of computing, drawing and MPS processes in one, each process once, with
 * what it did since the last look. One for each GPU, used by one thread.
 */
final class NvmlProcesses {
    /** A driver that says again and again that the room is too small is not followed for ever. */
    private static final int MOST_ROWS = 1 << 16;

    private static final byte FILL = (byte) 0xa5;

    private record Lists(Kind kind, NvmlFunction now, NvmlFunction old) {}

    private static final List<Lists> LISTS =
            List.of(
                    new Lists(
                            Kind.COMPUTE,
                            NvmlFunction.COMPUTE_PROCESSES,
                            NvmlFunction.COMPUTE_PROCESSES_OLD),
                    new Lists(
                            Kind.GRAPHICS,
                            NvmlFunction.GRAPHICS_PROCESSES,
                            NvmlFunction.GRAPHICS_PROCESSES_OLD),
                    new Lists(
                            Kind.MPS, NvmlFunction.MPS_PROCESSES, NvmlFunction.MPS_PROCESSES_OLD));

    private final NvmlCalls calls;
    private final boolean wideRows;
    private long lastSeenMicros;
    private boolean looked;
    private int lastCode;

    /**
     * @param nowMicros since 1970: what processes did before a second ago is of no interest
     */
    NvmlProcesses(NvmlCalls calls, String driver, long nowMicros) {
        this.calls = calls;
        this.wideRows = NvmlDecoder.mayHaveWideRows(driver);
        this.lastSeenMicros = nowMicros - 1_000_000;
    }

    /**
     * Reads the processes of a GPU or of a MIG instance.
     *
     * @param total the memory of the GPU in bytes, 0 where it is not known
     * @param split whether the GPU is split: then nobody tells what a process does
     * @param busy whether the GPU works: then somebody must have done something
     */
    Reading<List<GpuProcess>> read(long device, long total, boolean split, boolean busy) {
        Map<Long, Merged> merged = new TreeMap<>();
        int known = 0;
        Reading<List<ProcessRow>> first = Reading.known(List.of());
        for (Lists list : LISTS) {
            Reading<List<ProcessRow>> rows = rows(list, device, total);
            if (list.kind() == Kind.COMPUTE) {
                first = rows;
            }
            known += rows.isKnown() ? 1 : 0;
            for (ProcessRow row : rows.orElse(List.of())) {
                merged.computeIfAbsent(row.pid(), _ -> new Merged(row)).add(list.kind(), row);
            }
        }
        if (known == 0) {
            return first.map(_ -> List.of());
        }
        if (merged.isEmpty()) {
            return Reading.known(List.of());
        }
        Reading<Map<Long, Reading<UtilisationRow>>> did =
                split
                        ? Reading.unsupported("not told while MIG is on")
                        : utilisation(device, merged.size());
        if (busy && did.isKnown() && did.value().isEmpty()) {
            did = Reading.unsupported("the driver does not tell what single processes do");
        }
        Reading<Map<Long, Reading<UtilisationRow>>> shares = did;
        List<GpuProcess> processes = new ArrayList<>();
        merged.forEach((pid, m) -> processes.add(m.process(pid, shares)));
        return Reading.known(processes);
    }

    /** The rows of one process: it may compute and draw, and a list may name it twice. */
    private static final class Merged {
        private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
        private ProcessRow row;

        Merged(ProcessRow row) {
            this.row = row;
        }

        /** The lists tell the same memory of the same process: the larger counts, not the sum. */
        void add(Kind kind, ProcessRow other) {
            kinds.add(kind);
            boolean more =
                    other.memory().isKnown()
                            && (!row.memory().isKnown()
                                    || other.memory().value().compareTo(row.memory().value()) > 0);
            if (more) {
                row = other;
            }
        }

        GpuProcess process(long pid, Reading<Map<Long, Reading<UtilisationRow>>> did) {
            // A process that has no row in a list that was given has done nothing.
            Reading<UtilisationRow> none = Reading.known(new UtilisationRow(pid, 0, 0, 0, 0, 0));
            Reading<UtilisationRow> own =
                    did instanceof Reading.Known<Map<Long, Reading<UtilisationRow>>>(var rows)
                            ? rows.getOrDefault(pid, none)
                            : did.map(_ -> none.value());
            return new GpuProcess(
                    pid,
                    kinds,
                    row.memory(),
                    own.map(u -> (double) u.sm()),
                    own.map(u -> (double) u.memory()),
                    own.map(u -> (double) u.encoder()),
                    own.map(u -> (double) u.decoder()),
                    row.gpuInstance(),
                    row.computeInstance());
        }
    }

    private Reading<List<ProcessRow>> rows(Lists list, long device, long total) {
        Reading<List<ProcessRow>> rows = rows(list.now(), device, total, false);
        boolean old = !rows.isKnown() && lastCode == NvmlReturn.FUNCTION_NOT_FOUND;
        return old ? rows(list.old(), device, total, true) : rows;
    }

    private Reading<List<ProcessRow>> rows(
            NvmlFunction function, long device, long total, boolean old) {
        int room = 128;
        MemorySegment scratch = calls.scratch();
        while (true) {
            MemorySegment rows = calls.rows((long) room * NvmlDecoder.PROCESS_ROW_WIDE);
            if (wideRows) {
                rows.fill(FILL);
            }
            scratch.set(JAVA_INT, 0, room);
            lastCode = calls.call(function, device, calls.at(0), rows.address());
            int count = scratch.get(JAVA_INT, 0);
            if (lastCode == NvmlReturn.INSUFFICIENT_SIZE && room < MOST_ROWS) {
                // Processes may start between two calls: ask for more room than it takes.
                room = Math.clamp(Math.max(count, room) * 2L, room, MOST_ROWS);
                continue;
            }
            if (lastCode != NvmlReturn.OK) {
                return NvmlReturn.reading(lastCode);
            }
            int bytes = old ? NvmlDecoder.PROCESS_ROW_OLD : rowBytes(rows, count);
            return Reading.known(NvmlDecoder.processes(rows, count, bytes, total));
        }
    }

    private int rowBytes(MemorySegment rows, int count) {
        return wideRows ? NvmlDecoder.writtenRowBytes(rows, count, FILL) : NvmlDecoder.PROCESS_ROW;
    }

    private Reading<Map<Long, Reading<UtilisationRow>>> utilisation(long device, int processes) {
        int room = Math.max(128, processes * 2);
        MemorySegment scratch = calls.scratch();
        for (int attempt = 0; ; attempt++) {
            MemorySegment rows = calls.rows((long) room * NvmlDecoder.UTILISATION_ROW);
            scratch.set(JAVA_INT, 0, room);
            int code =
                    calls.call(
                            NvmlFunction.PROCESS_UTILISATION,
                            device,
                            rows.address(),
                            calls.at(0),
                            lastSeenMicros);
            int count = scratch.get(JAVA_INT, 0);
            if (code == NvmlReturn.INSUFFICIENT_SIZE && attempt < 3) {
                room = Math.clamp(Math.max(count, room) * 2L, room, MOST_ROWS);
                continue;
            }
            if (code == NvmlReturn.NOT_FOUND) {
                return Reading.known(Map.of()); // Nobody has done anything since the last look.
            }
            if (code != NvmlReturn.OK) {
                return NvmlReturn.reading(code);
            }
            return Reading.known(newest(NvmlDecoder.utilisation(rows, count)));
        }
    }

    /** Some drivers give rows again that they gave before: those tell nothing of now. */
    private Map<Long, Reading<UtilisationRow>> newest(List<UtilisationRow> rows) {
        Map<Long, Reading<UtilisationRow>> newest = new HashMap<>();
        long latest = lastSeenMicros;
        rows.sort((a, b) -> Long.compare(a.micros(), b.micros()));
        for (UtilisationRow row : rows) {
            if (!row.isPossible()) {
                newest.putIfAbsent(row.pid(), Reading.failed(NvmlDecoder.IMPOSSIBLE));
                continue;
            }
            boolean isNew = !looked || row.micros() > lastSeenMicros;
            newest.put(
                    row.pid(),
                    isNew
                            ? Reading.known(row)
                            : Reading.unsupported("the driver has no newer figure"));
            latest = Math.max(latest, row.micros());
        }
        looked = true;
        lastSeenMicros = latest;
        return newest;
    }
}
