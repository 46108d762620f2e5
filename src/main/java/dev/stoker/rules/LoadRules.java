package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuMetric;
import dev.stoker.gpu.GpuSample;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * GPUs that do little while requests run on them. The layers of a model may lie on several GPUs,
 * which then work one after the other: what counts is the work of all of them together. One thread.
 */
final class LoadRules {
    private static final double SLACK = 0.05;

    private final Thresholds marks;
    private final Windows work;

    LoadRules(Thresholds marks) {
        this.marks = marks;
        this.work = new Windows(marks.time(Mark.UTILISATION_FOR));
    }

    List<Finding> look(Moment now) {
        work.turn();
        Surroundings around = new Surroundings(now);
        List<Finding> found = new ArrayList<>();
        for (ModelView model : now.models()) {
            if (around.running(model).orElse(0L) > 0) {
                idle(now, model, gpusOf(model, around)).ifPresent(found::add);
            }
        }
        return found;
    }

    /** Where the driver does not say whose processes it sees, only a single GPU can be meant. */
    private static List<GpuSample> gpusOf(ModelView model, Surroundings around) {
        List<GpuSample> all = around.gpus();
        if (model.gpuMemory() instanceof Reading.Known<Map<Integer, Bytes>>(var held)) {
            return all.stream().filter(gpu -> held.containsKey(gpu.device().index())).toList();
        }
        boolean onProcessor = model.state().onGpuShare().map(s -> s <= 0).orElse(false);
        return all.size() == 1 && around.isHere(model) && !onProcessor ? all : List.of();
    }

    private Optional<Finding> idle(Moment now, ModelView model, List<GpuSample> gpus) {
        double sum = 0;
        for (GpuSample gpu : gpus) {
            Reading<Double> one = gpu.value(GpuMetric.UTILISATION);
            if (!one.isKnown()) {
                return Optional.empty();
            }
            sum += one.value() / 100;
        }
        if (gpus.isEmpty()) {
            return Optional.empty();
        }
        String key = model.server().url() + " " + model.name();
        Window window = work.add(key, now.machine().nanos(), sum);
        double mark = marks.at(Mark.UTILISATION_BELOW);
        boolean low = window.isFull() && window.mean() < mark;
        if (!work.speaks(key, low, window.mean() < mark + SLACK)) {
            return Optional.empty();
        }
        Map<String, String> labels = new TreeMap<>(Finding.labels(model.server(), model.name()));
        if (gpus.size() == 1) {
            labels.putAll(Finding.labels(gpus.getFirst()));
        }
        return Optional.of(
                new Finding(
                        Rule.GPU_UTILISATION_LOW,
                        Severity.NOTE,
                        labels,
                        subject(gpus),
                        String.format(
                                Locale.ROOT,
                                "%d %% busy on average while requests of %s run.",
                                Math.round(window.mean() * 100),
                                Finding.name(model.name())),
                        "The processor may hold it back, or more requests at once would fill it:"
                                + " 'stoker load -c 1,2,4,8' shows which."));
    }

    private static String subject(List<GpuSample> gpus) {
        return gpus.size() == 1
                ? Finding.subject(gpus.getFirst())
                : "GPUs "
                        + String.join(
                                ", ",
                                gpus.stream()
                                        .map(gpu -> Integer.toString(gpu.device().index()))
                                        .toList());
    }
}
