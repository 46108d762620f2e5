package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.List;
import java.util.function.Function;

/** Adds the work of models up, for servers that tell it for each model alone. Pure. */
final class Totals {
    private Totals() {}

    /**
     * Returns the work of all; unknown, with the first reason, where that of one is unknown.
     *
     * @param queue why the server's own queue is not known
     */
    static Work of(Reading<List<ModelState>> models, String queue) {
        if (!models.isKnown()) {
            return Work.failed(models.reason());
        }
        List<ModelState> inMemory =
                models.orElse(List.of()).stream()
                        .filter(m ->
                                m.condition() instanceof ModelCondition.Loaded
                                        || m.condition() instanceof ModelCondition.Silent)
                        .toList();
        return new Work(
                sum(inMemory, Work::running),
                Reading.unsupported(queue),
                sum(inMemory, Work::slots),
                sum(inMemory, Work::busySlots),
                Reading.unsupported("it is not told"));
    }

    private static Reading<Long> sum(List<ModelState> models, Function<Work, Reading<Long>> part) {
        long sum = 0;
        for (ModelState model : models) {
            Reading<Long> one = part.apply(model.work());
            if (!one.isKnown()) {
                return one;
            }
            sum += one.value();
        }
        return Reading.known(sum);
    }
}
