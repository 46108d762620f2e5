package dev.stoker.plan.pack;

import dev.stoker.base.Bytes;
import dev.stoker.memory.MemoryDevice;
import dev.stoker.memory.MemoryPlan;

import java.util.List;
import java.util.Optional;

/**
 * Which models stay together, and where.
 *
 * @param placed in the order in which they were given
 * @param left those that have no room beside the others, with the reason
 * @param devices GPUs in their order; without a GPU the host
 * @param optimal whether no better set exists: one of higher priority or with more models
 * @param gap how many more models a better set could have at most, where it is not known to be
 *     optimal; 0 where it is
 * @param how in one sentence: how sure it is
 */
public record Packing(
        List<Placed> placed,
        List<Left> left,
        List<Load> devices,
        boolean optimal,
        int gap,
        String how) {
    public Packing {
        placed = List.copyOf(placed);
        left = List.copyOf(left);
        devices = List.copyOf(devices);
    }

    /**
     * A model that stays.
     *
     * @param devices numbers of the GPUs that it lies on: several where its layers are split
     * @param plan what it takes there; its devices are those GPUs and the host
     */
    public record Placed(Demand demand, List<Integer> devices, MemoryPlan plan) {
        public Placed {
            devices = List.copyOf(devices);
        }
    }

    /** A model that does not, and why: a phrase. */
    public record Left(Demand demand, String reason) {}

    /**
     * One device with what lies on it.
     *
     * @param shares in the order of the models
     * @param room what is free after all of them, margins kept
     */
    public record Load(MemoryDevice device, List<Share> shares, Bytes room) {
        public Load {
            shares = List.copyOf(shares);
        }
    }

    /**
     * What one model takes on a device.
     *
     * @param bytes the most likely figure, the driver's part for its process included
     * @param wanted the same with its margin
     */
    public record Share(String model, Bytes bytes, Bytes wanted) {}

    /** Returns whether all stay. */
    public boolean all() {
        return left.isEmpty();
    }

    /** Returns where a model of this name lies. */
    public Optional<Placed> of(String name) {
        return placed.stream().filter(p -> p.demand().name().equals(name)).findFirst();
    }
}
