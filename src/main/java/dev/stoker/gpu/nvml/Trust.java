package dev.stoker.gpu.nvml;

import dev.stoker.base.Reading;

/**
 * Judges zeros. A board that runs has no 0 °C, 0 W or 0 MHz: a driver that answers so can't tell,
 * and is not shown. One that does it more than once in a sample (as on Orin) is not believed in its
 * other zeros and its list of processes either. One for each sample, used by one thread.
 */
final class Trust {
    static final String REASON =
            "the driver answers 0 to what it can't tell on this GPU, so its answers are not used";
    private static final String ZERO = "the driver answers 0, which it can't be";

    private int lies;
    private int answers;
    private boolean busy;

    /** Notes whether the driver told the memory that it must have. */
    void memory(boolean told) {
        lies += told ? 0 : 1;
    }

    /** Passes a figure that can't be 0 or out of its range. */
    Reading<Double> positive(Reading<Double> figure, double most) {
        if (!(figure instanceof Reading.Known<Double>(Double value))) {
            return figure;
        }
        answers++;
        if (value == 0) {
            lies++;
            return Reading.unsupported(ZERO);
        }
        return value < 0 || value > most ? Reading.failed(NvmlDecoder.IMPOSSIBLE) : figure;
    }

    /** The same for a figure that says nothing about the others. */
    Reading<Double> positiveFact(Reading<Double> figure, double most) {
        int before = lies;
        Reading<Double> passed = positive(figure, most);
        lies = before;
        return passed;
    }

    /** Passes a figure that may be 0, unless the driver was caught before. */
    Reading<Double> share(Reading<Double> figure, double most) {
        if (!(figure instanceof Reading.Known<Double>(Double value))) {
            return figure;
        }
        answers++;
        if (value == 0 && isLiar()) {
            return Reading.unsupported(REASON);
        }
        return value < 0 || value > most ? Reading.failed(NvmlDecoder.IMPOSSIBLE) : figure;
    }

    /** Notes whether the GPU was at work. */
    Reading<Double> utilisation(Reading<Double> figure) {
        Reading<Double> passed = share(figure, 100);
        busy = passed.orElse(0.0) > 0;
        return passed;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isLiar() {
        return lies >= 2;
    }

    /** Returns how many figures the driver gave. */
    int answers() {
        return answers;
    }
}
