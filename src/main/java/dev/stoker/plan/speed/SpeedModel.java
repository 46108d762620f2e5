package dev.stoker.plan.speed;

import dev.stoker.base.Bytes;
import dev.stoker.base.Decimal;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.memory.DeviceKind;
import dev.stoker.memory.DevicePlan;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryPlan;
import dev.stoker.memory.Provenance;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.device.ComputeDevice;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How fast a placed model answers one request: a roofline. Each token of an answer reads the
 * weights of all layers (of experts those it uses) and the keys and values so far, device after
 * device; each token of a prompt computes twice its active parameters. Made once a model. Pure and
 * thread-safe.
 *
 * <p>Source: what {@link Efficiency} and {@link QuantSpeed} name.
 */
public final class SpeedModel {
    /** Weights that are copied to a GPU for each batch of a prompt go this fast, GB/s. */
    private static final double LINK = 12;

    /** Ways of llama.cpp to compute experts waste so much of a batch. */
    private static final double EXPERT_PROMPT = 0.5;

    private static final double GIGA = 1e9;
    private static final double TERA = 1e12;

    private final Traffic traffic;

    private SpeedModel(Traffic traffic) {
        this.traffic = traffic;
    }

    /**
     * @throws UserError where the model's shape is unknown
     */
    public static SpeedModel of(ModelDescription model) {
        if (!model.shape().isKnown()) {
            throw UserError.wrongUse(
                    "How fast "
                            + model.name()
                            + " is can't be worked out: "
                            + model.shape().reason()
                            + ".",
                    "Name the model's file.");
        }
        return new SpeedModel(Traffic.of(model));
    }

    /**
     * @param plan where its layers lie
     * @param devices those of the plan, in its order
     * @param depth tokens of context that a request has when it is answered
     */
    public SpeedEstimate estimate(
            LlamaSettings settings,
            MemoryPlan plan,
            List<ComputeDevice> devices,
            long depth,
            Calibration calibration) {
        if (devices.size() != plan.devices().size()) {
            throw new IllegalArgumentException(
                    plan.devices().size() + " devices planned, " + devices.size() + " given");
        }
        int[] place = places(plan, devices);
        int host = host(devices);
        Decode d = decode(settings, devices, place, host, Math.max(0, depth));
        Band decode = d.band(calibration);
        Reading<Band> prompt = prompt(settings, devices, place, host, calibration);
        return new SpeedEstimate(
                decode,
                prompt,
                Math.max(0, depth),
                Bytes.of(Math.round(d.bytes)),
                d.bound(devices),
                calibration.any() ? Provenance.CALIBRATED : Provenance.MODELLED,
                calibration.any()
                        ? "bytes a token over bandwidth, times "
                                + Decimal.of(calibration.factor(), 2)
                                + " as measured with "
                                + calibration.from()
                        : "bytes a token over bandwidth; not measured on this host",
                remarks(d, devices, host, settings));
    }

    /** Which device holds each layer; the host where the plan names none. */
    private int[] places(MemoryPlan plan, List<ComputeDevice> devices) {
        int[] place = new int[traffic.layers()];
        Arrays.fill(place, host(devices));
        for (int i = 0; i < plan.devices().size(); i++) {
            DevicePlan device = plan.devices().get(i);
            for (int layer : device.layers()) {
                if (layer >= 0 && layer < place.length) {
                    place[layer] = i;
                }
            }
        }
        return place;
    }

    private static int host(List<ComputeDevice> devices) {
        for (int i = 0; i < devices.size(); i++) {
            if (devices.get(i).isHost()) {
                return i;
            }
        }
        return devices.size() - 1;
    }

    private Decode decode(
            LlamaSettings settings,
            List<ComputeDevice> devices,
            int[] place,
            int host,
            long depth) {
        Decode d = new Decode(devices.size());
        for (int layer = 0; layer < place.length; layer++) {
            int at = place[layer];
            int expertsAt = layer < settings.cpuExpertLayers() ? host : at;
            int cacheAt = settings.cacheOnGpu() ? at : host;
            d.read(at, traffic.denseCost(layer), devices.get(at));
            d.bytes += traffic.bytes(layer);
            if (traffic.hasExperts(layer)) {
                d.experts = true;
                d.read(expertsAt, traffic.expertCost(layer), devices.get(expertsAt));
                d.seconds[expertsAt] += Efficiency.routing(devices.get(expertsAt).memory().kind());
            }
            double cache = traffic.cacheBytes(layer, depth, settings);
            d.bytes += cache;
            d.read(cacheAt, cache, devices.get(cacheAt));
        }
        d.bindByLaunches(devices, place);
        return d;
    }

    /** The time of one token, as it adds up. */
    private final class Decode {
        private final double[] seconds;
        private double bytes;
        private double launchSeconds;
        private boolean experts;
        private DeviceKind kind = DeviceKind.HOST;

        Decode(int devices) {
            seconds = new double[devices];
        }

        void read(int at, double cost, ComputeDevice device) {
            seconds[at] += cost / (Efficiency.bandwidth(device) * device.bandwidth() * GIGA);
        }

        /** Small models: as many launches as a large one, with less to do in each. */
        void bindByLaunches(List<ComputeDevice> devices, int[] place) {
            int[] layers = new int[devices.size()];
            for (int at : place) {
                layers[at]++;
            }
            for (int i = 0; i < seconds.length; i++) {
                DeviceKind k = devices.get(i).memory().kind();
                if (layers[i] > 0 && k != DeviceKind.HOST) {
                    kind = k;
                }
                double most = Efficiency.launches(k);
                if (most > 0 && layers[i] > 0) {
                    launchSeconds += (double) layers[i] / place.length / most;
                }
            }
        }

        double total() {
            double reading = 0;
            for (double s : seconds) {
                reading += s;
            }
            return Math.cbrt(Math.pow(reading, 3) + Math.pow(launchSeconds, 3));
        }

        boolean onHost(int host) {
            return seconds[host] > 0.02 * total();
        }

        Band band(Calibration calibration) {
            double rate = calibration.factor() / total();
            if (calibration.sameModel()) {
                return Band.around(rate, 0.93, 1.07);
            }
            if (calibration.any()) {
                return Band.around(rate, 0.82, 1.2);
            }
            double reading = Arrays.stream(seconds).sum();
            boolean host = kind != DeviceKind.HOST && seconds[seconds.length - 1] > 0.1 * reading;
            return Efficiency.band(
                    rate,
                    kind,
                    new Efficiency.Mixed(
                            experts, host, launchSeconds > 0.7 * reading, traffic.known()));
        }

        String bound(List<ComputeDevice> devices) {
            int longest = 0;
            double reading = 0;
            for (int i = 0; i < seconds.length; i++) {
                longest = seconds[i] > seconds[longest] ? i : longest;
                reading += seconds[i];
            }
            if (launchSeconds > reading) {
                return "launches of kernels, the model is small";
            }
            ComputeDevice device = devices.get(longest);
            long percent = reading > 0 ? Math.round(100 * seconds[longest] / reading) : 100;
            return "memory of "
                    + device.memory().name()
                    + " ("
                    + Math.round(device.bandwidth())
                    + " GB/s), "
                    + percent
                    + " % of the time";
        }
    }

    private Reading<Band> prompt(
            LlamaSettings settings,
            List<ComputeDevice> devices,
            int[] place,
            int host,
            Calibration calibration) {
        int gpu = fastest(devices);
        double seconds = 0;
        long middle = settings.microBatch();
        for (int layer = 0; layer < traffic.blocks(); layer++) {
            int at = place[layer];
            boolean copied = at == host && gpu >= 0 && settings.offloadOperations();
            int by = copied ? gpu : at;
            ComputeDevice device = devices.get(by);
            if (device.tflops() <= 0) {
                return Reading.unsupported(
                        "the compute rate of " + device.memory().name() + " is not known");
            }
            double efficiency = Efficiency.arithmetic(device);
            if (traffic.hasExperts(layer)) {
                efficiency *= EXPERT_PROMPT;
            }
            double operations = 2 * traffic.active(layer) + traffic.attention(layer, middle);
            seconds += operations / (efficiency * device.tflops() * TERA);
            if (copied) {
                seconds +=
                        (traffic.bytes(layer) + traffic.unusedBytes(layer))
                                / (LINK * GIGA * settings.microBatch());
            } else if (layer < settings.cpuExpertLayers() && gpu >= 0) {
                // All experts of the layer cross the link, not only those that one token uses.
                double all = traffic.allExpertBytes(layer);
                seconds += all / (LINK * GIGA * settings.microBatch());
            }
        }
        if (seconds <= 0) {
            return Reading.unsupported("the model has no layers");
        }
        double factor = calibration.any() ? calibration.factor() : 1;
        return Reading.known(Band.around(factor / seconds, 0.45, 1.6));
    }

    private static int fastest(List<ComputeDevice> devices) {
        int best = -1;
        for (int i = 0; i < devices.size(); i++) {
            boolean faster = best < 0 || devices.get(i).tflops() > devices.get(best).tflops();
            if (!devices.get(i).isHost() && faster) {
                best = i;
            }
        }
        return best;
    }

    private List<String> remarks(
            Decode d, List<ComputeDevice> devices, int host, LlamaSettings settings) {
        List<String> remarks = new ArrayList<>();
        if (d.onHost(host) && devices.size() > 1) {
            remarks.add(
                    "The processor has "
                            + Math.round(100 * d.seconds[host] / Arrays.stream(d.seconds).sum())
                            + " % of the time of a token: "
                            + Math.round(devices.get(host).bandwidth())
                            + " GB/s of main memory, "
                            + devices.get(host).source()
                            + ".");
        }
        boolean rows =
                settings.split() == LlamaSettings.SplitMode.ROW
                        || settings.split() == LlamaSettings.SplitMode.TENSOR;
        if (rows && devices.size() > 2) {
            remarks.add(
                    "GPUs work at the same time with this split; the speed is that of one after the"
                            + " other, which is a lower bound.");
        }
        if (!traffic.known()) {
            remarks.add("The source does not tell the tensors: the bytes a token are an estimate.");
        }
        return remarks;
    }

    /**
     * Returns how long it takes to load a model that is not in the page cache, seconds.
     *
     * @param file its bytes
     * @param disk how fast the disk reads, GB/s
     */
    public static Band coldLoad(Bytes file, double disk) {
        double seconds = file.count() / (disk * GIGA);
        return new Band(seconds + 2, seconds * 0.7 + 0.5, seconds * 1.6 + 6);
    }
}
