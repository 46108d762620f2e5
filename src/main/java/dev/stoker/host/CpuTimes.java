package dev.stoker.host;

import dev.stoker.base.Reading;

import java.util.ArrayList;
import java.util.List;

/**
 * What the processors did since the look before. A processor that was switched on or off in between
 * is left out of that one look. Used by one thread.
 *
 * <p>Source: proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal; the times of
 * guests are part of user and nice.
 */
final class CpuTimes {
    private static final int COLUMNS = 8;
    private static final int IDLE = 3;
    private static final int WAIT = 4;
    private static final int STEAL = 7;
    private static final Reading<Double> MISSING =
            Reading.failed("the kernel's file has no line of the processors");

    private final long[] now = new long[COLUMNS];
    private List<long[]> before = List.of();

    /** What the processors did; shares from 0 to 1. */
    record Shares(
            Reading<Double> busy,
            Reading<Double> waiting,
            Reading<Double> stolen,
            List<Double> cores) {

        static Shares unknown(Reading<Double> why) {
            return new Shares(why, why, why, List.of());
        }
    }

    Shares look(Reading<String> file) {
        if (!(file instanceof Reading.Known<String>(String text))) {
            before = List.of();
            return Shares.unknown(file.map(_ -> 0.0));
        }
        List<long[]> lines = new ArrayList<>(before.size());
        int at = 0;
        while (text.startsWith("cpu", at)) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            if (parse(new Columns(text, at, end))) {
                lines.add(now.clone());
            }
            at = end + 1;
        }
        List<long[]> last = before;
        before = lines;
        if (lines.isEmpty()) {
            return Shares.unknown(MISSING);
        }
        if (last.isEmpty()) {
            return Shares.unknown(Counter.FIRST);
        }
        boolean same = last.size() == lines.size();
        List<Double> cores = new ArrayList<>();
        for (int i = 1; same && i < lines.size(); i++) {
            cores.add(busy(last.get(i), lines.get(i)));
        }
        long[] a = last.getFirst();
        long[] b = lines.getFirst();
        return new Shares(
                Reading.known(busy(a, b)),
                Reading.known(share(b[WAIT] - a[WAIT], all(a, b))),
                Reading.known(share(b[STEAL] - a[STEAL], all(a, b))),
                cores);
    }

    /** Old kernels have fewer columns; those are 0 then. A line that is no numbers is left out. */
    private boolean parse(Columns columns) {
        columns.skip(1);
        for (int i = 0; i < COLUMNS; i++) {
            long value = columns.number();
            if (value < 0 && i <= IDLE) {
                return false;
            }
            now[i] = Math.max(0, value);
        }
        return true;
    }

    private static long all(long[] a, long[] b) {
        long sum = 0;
        for (int i = 0; i < COLUMNS; i++) {
            sum += Math.max(0, b[i] - a[i]); // The kernel lets idle and iowait go back a little.
        }
        return sum;
    }

    private static double busy(long[] a, long[] b) {
        long all = all(a, b);
        long idle = Math.max(0, b[IDLE] - a[IDLE]) + Math.max(0, b[WAIT] - a[WAIT]);
        return share(all - idle, all);
    }

    private static double share(long part, long all) {
        return all <= 0 ? 0 : Math.clamp(part / (double) all, 0, 1);
    }
}
