package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;

import java.util.EnumMap;
import java.util.Map;

/**
 * The state of a GPU's memory cells and links: counts of errors, remapped rows, NVLink. One thread.
 */
final class NvmlHealth {
    private static final int LINKS = 36;
    private static final int VOLATILE = 0;
    private static final int EVER = 1;
    private static final int CORRECTED = 0;
    private static final int UNCORRECTED = 1;

    private final NvmlCalls calls;
    private final long device;

    NvmlHealth(NvmlCalls calls, long device) {
        this.calls = calls;
        this.device = device;
    }

    Map<GpuMetric, Reading<Double>> read() {
        Map<GpuMetric, Reading<Double>> values = new EnumMap<>(GpuMetric.class);
        ecc(values);
        remappedRows(values);
        links(values);
        return values;
    }

    private void ecc(Map<GpuMetric, Reading<Double>> values) {
        calls.scratch().set(JAVA_LONG, 0, 0);
        int code = calls.call(NvmlFunction.ECC_MODE, device, calls.at(0), calls.at(4));
        boolean off = code == NvmlReturn.OK && calls.scratch().get(JAVA_INT, 0) == 0;
        values.put(GpuMetric.ECC_CORRECTED, errors(off, CORRECTED, VOLATILE));
        values.put(GpuMetric.ECC_UNCORRECTED, errors(off, UNCORRECTED, VOLATILE));
        values.put(GpuMetric.ECC_CORRECTED_EVER, errors(off, CORRECTED, EVER));
        values.put(GpuMetric.ECC_UNCORRECTED_EVER, errors(off, UNCORRECTED, EVER));
    }

    private Reading<Double> errors(boolean off, int kind, int counter) {
        if (off) {
            return Reading.unsupported("ECC is off");
        }
        calls.scratch().set(JAVA_LONG, 0, 0);
        int code = calls.call(NvmlFunction.ECC_ERRORS, device, kind, counter, calls.at(0));
        return code == NvmlReturn.OK
                ? Reading.known((double) calls.scratch().get(JAVA_LONG, 0))
                : NvmlReturn.reading(code);
    }

    private void remappedRows(Map<GpuMetric, Reading<Double>> values) {
        calls.cleared();
        int code =
                calls.call(
                        NvmlFunction.REMAPPED_ROWS,
                        device,
                        calls.at(0),
                        calls.at(4),
                        calls.at(8),
                        calls.at(12));
        GpuMetric[] order = {
            GpuMetric.ROWS_REMAPPED_CORRECTABLE,
            GpuMetric.ROWS_REMAPPED_UNCORRECTABLE,
            GpuMetric.ROW_REMAP_PENDING,
            GpuMetric.ROW_REMAP_FAILED
        };
        for (int i = 0; i < order.length; i++) {
            values.put(
                    order[i],
                    code == NvmlReturn.OK
                            ? Reading.known(
                                    (double)
                                            Integer.toUnsignedLong(
                                                    calls.scratch().get(JAVA_INT, 4L * i)))
                            : NvmlReturn.reading(code));
        }
    }

    /** Links are numbered through; behind the last one the driver answers that there is none. */
    private void links(Map<GpuMetric, Reading<Double>> values) {
        int total = 0;
        int active = 0;
        Reading<Double> none = Reading.unsupported("this GPU has no NVLink");
        for (int link = 0; link < LINKS; link++) {
            calls.scratch().set(JAVA_INT, 0, 0);
            int code = calls.call(NvmlFunction.NVLINK_STATE, device, link, calls.at(0));
            if (code != NvmlReturn.OK) {
                if (link == 0 && code != NvmlReturn.NOT_SUPPORTED) {
                    none = NvmlReturn.reading(code);
                }
                break;
            }
            total++;
            active += calls.scratch().get(JAVA_INT, 0) == 1 ? 1 : 0;
        }
        values.put(GpuMetric.NVLINK_TOTAL, total > 0 ? Reading.known((double) total) : none);
        values.put(GpuMetric.NVLINK_ACTIVE, total > 0 ? Reading.known((double) active) : none);
    }
}
