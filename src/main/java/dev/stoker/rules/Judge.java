package dev.stoker.rules;

import dev.stoker.watch.Moment;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Says what is wrong with a machine, moment by moment: all screens, the exporter and the alerts ask
 * the same one. What is not known raises no alert. It remembers since when an alert holds, and what
 * some rules have to see for a while before they speak. Used by one thread; asks nobody.
 */
public final class Judge {
    /** An alert that comes again so soon is the same one. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private final Thresholds thresholds;
    private final Map<Key, Spell> spells = new HashMap<>();
    private Rules rules;
    private long lastLook = Long.MIN_VALUE;

    /** All rules, with what they remember. */
    private static final class Rules {
        private final GpuRules gpus;
        private final HostRules host;
        private final ModelRules models;
        private final PlaceRules places;
        private final LoadRules load;
        private final ServerRules servers;

        Rules(Thresholds thresholds) {
            this.gpus = new GpuRules(thresholds);
            this.host = new HostRules(thresholds);
            this.models = new ModelRules(thresholds);
            this.places = new PlaceRules(thresholds);
            this.load = new LoadRules(thresholds);
            this.servers = new ServerRules(thresholds);
        }

        List<Finding> look(Moment now) {
            return Stream.of(
                            gpus.look(now),
                            load.look(now),
                            models.look(now),
                            places.look(now),
                            servers.look(now),
                            host.look(now))
                    .flatMap(List::stream)
                    .toList();
        }
    }

    /** Which alert it is. */
    private record Key(Rule rule, Map<String, String> labels) {}

    /**
     * How long it has held.
     *
     * @param since when it was seen first
     * @param last the nanos of when it was seen last
     */
    private record Spell(Instant since, long last) {}

    public Judge(Thresholds thresholds) {
        this.thresholds = thresholds;
        this.rules = new Rules(thresholds);
    }

    /** Returns the marks that it judges by. */
    public Thresholds thresholds() {
        return thresholds;
    }

    /** Returns what is wrong now, the worst first. */
    public List<Alert> judge(Moment now) {
        long nanos = now.machine().nanos();
        if (nanos < lastLook) {
            // Another recording, or the same one from its beginning.
            rules = new Rules(thresholds);
            spells.clear();
        }
        List<Finding> found =
                rules.look(now).stream().filter(f -> thresholds.isOn(f.rule())).toList();
        return alerts(found, now.machine().time(), nanos);
    }

    private List<Alert> alerts(List<Finding> found, Instant time, long nanos) {
        long before = lastLook;
        lastLook = nanos;
        spells.values().removeIf(s -> s.last() < before && nanos - s.last() > PAUSE.toNanos());
        List<Alert> alerts = new ArrayList<>();
        Set<Key> told = new HashSet<>();
        for (Finding finding : found) {
            Key key = new Key(finding.rule(), finding.labels());
            if (!told.add(key)) {
                continue;
            }
            Spell spell = spells.get(key);
            Instant since = spell == null ? time : spell.since();
            spells.put(key, new Spell(since, nanos));
            alerts.add(
                    new Alert(
                            finding.rule(),
                            finding.severity(),
                            finding.labels(),
                            finding.subject(),
                            finding.sentence(),
                            finding.next(),
                            since));
        }
        alerts.sort(Judge::worstFirst);
        return alerts;
    }

    /** Not made of the library's comparators: the cache of classes can't hold their lambdas. */
    private static int worstFirst(Alert a, Alert b) {
        int bySeverity = b.severity().compareTo(a.severity());
        return bySeverity != 0 ? bySeverity : a.rule().compareTo(b.rule());
    }
}
