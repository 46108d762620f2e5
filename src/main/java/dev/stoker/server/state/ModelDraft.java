package dev.stoker.server.state;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import java.time.Instant;
import java.util.List;

/** A model's state while it is put together; what is not set is not told. One thread. */
final class ModelDraft {
    private final String name;
    private List<String> otherNames = List.of();
    private ModelCondition condition = new ModelCondition.Loaded();
    private Reading<String> digest;
    private Reading<Bytes> total;
    private Reading<Bytes> onGpu;
    private Reading<Long> contextLength;
    private Reading<Instant> expiresAt;
    private Reading<String> file;
    private Reading<Long> runnerPid;
    private Reading<List<SlotState>> slots;
    private Work work;
    private Counters counters;

    /**
     * @param notTold why what is not set is unknown
     */
    ModelDraft(String name, String notTold) {
        this.name = name;
        digest = Reading.unsupported(notTold);
        total = Reading.unsupported(notTold);
        onGpu = Reading.unsupported(notTold);
        contextLength = Reading.unsupported(notTold);
        expiresAt = Reading.unsupported(notTold);
        file = Reading.unsupported(notTold);
        runnerPid = Reading.unsupported(notTold);
        slots = Reading.unsupported(notTold);
        work = Work.unsupported(notTold);
        counters = Counters.unsupported(notTold);
    }

    ModelDraft otherNames(List<String> names) {
        otherNames = names;
        return this;
    }

    ModelDraft condition(ModelCondition is) {
        condition = is;
        return this;
    }

    ModelDraft digest(Reading<String> is) {
        digest = is;
        return this;
    }

    ModelDraft memory(Reading<Bytes> all, Reading<Bytes> gpu) {
        total = all;
        onGpu = gpu;
        return this;
    }

    ModelDraft contextLength(Reading<Long> tokens) {
        contextLength = tokens;
        return this;
    }

    ModelDraft expiresAt(Reading<Instant> is) {
        expiresAt = is;
        return this;
    }

    ModelDraft file(Reading<String> path) {
        file = path;
        return this;
    }

    ModelDraft runnerPid(Reading<Long> pid) {
        runnerPid = pid;
        return this;
    }

    ModelDraft slots(Reading<List<SlotState>> are) {
        slots = are;
        return this;
    }

    ModelDraft work(Work is) {
        work = is;
        return this;
    }

    ModelDraft counters(Counters are) {
        counters = are;
        return this;
    }

    ModelState done() {
        return new ModelState(
                name,
                otherNames,
                condition,
                digest,
                total,
                onGpu,
                contextLength,
                expiresAt,
                file,
                runnerPid,
                slots,
                work,
                counters);
    }
}
