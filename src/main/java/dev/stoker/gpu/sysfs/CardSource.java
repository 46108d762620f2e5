package dev.stoker.gpu.sysfs;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuTrouble.Kind;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cards of one vendor by the kernel's files. Cards that are plugged in later are found, one
 * that is unplugged stays in the reports as lost, and one that sleeps is left asleep. Used by one
 * thread.
 */
public final class CardSource implements GpuSource {
    private static final long FIND_NANOS = 5_000_000_000L;

    private final String name;
    private final String vendor;
    private final List<String> drivers;
    private final SysTree tree;
    private final Maker maker;
    private final Clock clock;
    private final DrmClients clients;
    private final Map<String, GpuCard> cards = new LinkedHashMap<>();
    private boolean looked;
    private long found;
    private long before;

    /** Makes the reader of a card. */
    @FunctionalInterface
    public interface Maker {
        GpuCard make(DrmCard card, int index);
    }

    /**
     * @param name of the source
     * @param vendor its number on the bus, such as {@code 0x1002}
     * @param drivers whose cards are read
     */
    public CardSource(
            String name,
            String vendor,
            List<String> drivers,
            SysTree tree,
            Maker maker,
            Clock clock) {
        this.name = name;
        this.vendor = vendor;
        this.drivers = List.copyOf(drivers);
        this.tree = tree;
        this.maker = maker;
        this.clock = clock;
        this.clients = new DrmClients(tree);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public GpuReport sample() {
        Instant time = clock.now();
        long nanos = clock.nanos();
        if (!looked || nanos - found >= FIND_NANOS) {
            find();
            found = nanos;
        }
        boolean anyAwake = cards.values().stream().anyMatch(c -> !c.card().sleeps());
        List<DrmClients.Client> all = anyAwake ? clients.read(nanos) : List.of();
        long since = looked ? nanos - before : 0;
        looked = true;
        before = nanos;
        List<GpuSample> samples = new ArrayList<>();
        for (Map.Entry<String, GpuCard> entry : cards.entrySet()) {
            samples.add(sample(entry, all, time, nanos, since).withIndex(samples.size()));
        }
        Reading<String> driver =
                cards.values().stream()
                        .findFirst()
                        .map(c -> c.device().driver())
                        .orElse(Reading.unsupported("no driver of " + name + " is loaded"));
        Optional<GpuTrouble> none =
                cards.isEmpty()
                        ? Optional.of(
                                new GpuTrouble(
                                        Kind.ABSENT,
                                        "This machine has no GPU of " + name + ".",
                                        ""))
                        : Optional.empty();
        return new GpuReport(
                name,
                time,
                nanos,
                samples,
                driver,
                Reading.unsupported("this is no GPU of NVIDIA"),
                none);
    }

    private void find() {
        for (DrmCard card : DrmCard.of(tree, vendor)) {
            GpuCard known = cards.get(card.pciBusId());
            boolean moved = known != null && !known.card().card().equals(card.card());
            if ((known == null || moved) && drivers.contains(card.driver())) {
                cards.put(card.pciBusId(), maker.make(card, cards.size()));
            }
        }
    }

    private GpuSample sample(
            Map.Entry<String, GpuCard> entry,
            List<DrmClients.Client> all,
            Instant time,
            long nanos,
            long since) {
        GpuCard reader = entry.getValue();
        if (!reader.card().isThere()) {
            GpuTrouble gone = DrmCard.gone();
            return GpuSample.of(reader.device(), time, nanos)
                    .nothing(gone.sentence())
                    .trouble(gone)
                    .build();
        }
        GpuSample.Builder sample = GpuSample.of(reader.device(), time, nanos);
        if (reader.card().sleeps()) {
            reader.fillAsleep(sample);
        } else {
            reader.fill(
                    sample,
                    new GpuCard.Look(
                            DrmClients.of(all, entry.getKey()), clients.sawAll(), nanos, since));
        }
        return sample.build();
    }

    @Override
    public void close() {
        cards.clear();
        looked = false;
    }
}
