package dev.stoker.alert;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What was told and what is still to be told. Immutable; the next state is a pure function of this
 * one and of what is wrong now.
 *
 * @param raised what was found to be wrong and is not over, by key
 * @param unsent what an outlet has not taken yet, in order, by the outlet's name
 * @param dropped how many messages did not fit, since the outlets were out of reach
 */
public record AlertState(
        Map<String, Raised> raised, Map<String, List<Message>> unsent, long dropped) {
    /** More than these are never kept for one outlet: the oldest go. */
    static final int MOST_UNSENT = 1000;

    /**
     * One thing that is wrong.
     *
     * @param id of its messages
     * @param seen when it was last seen
     */
    public record Raised(String id, Notice notice, Instant seen) {}

    public AlertState {
        raised = Collections.unmodifiableMap(new TreeMap<>(raised));
        Map<String, List<Message>> copy = new TreeMap<>();
        unsent.forEach((name, list) -> copy.put(name, List.copyOf(list)));
        unsent = Collections.unmodifiableMap(copy);
    }

    public static AlertState empty() {
        return new AlertState(Map.of(), Map.of(), 0);
    }

    /**
     * Returns the state after a look. What is new is to be told at once; what was not seen for some
     * time is over. What comes and goes within that time is one thing.
     *
     * @param active what is wrong now
     * @param settle how long a thing must be gone to be over
     * @param outlets the names of who is to be told
     */
    public AlertState next(
            Collection<Notice> active, Instant now, Duration settle, Set<String> outlets) {
        Map<String, Raised> after = new LinkedHashMap<>(raised);
        List<Message> fresh = new ArrayList<>();
        for (Notice notice : active) {
            Raised before = after.get(notice.key());
            if (before == null) {
                Raised begun = new Raised(id(notice, now), notice, now);
                after.put(notice.key(), begun);
                fresh.add(new Message(begun.id(), false, notice, now));
            } else {
                boolean worse = notice.severity().compareTo(before.notice().severity()) > 0;
                Notice kept = kept(notice, before.notice());
                after.put(notice.key(), new Raised(before.id(), kept, now));
                if (worse) {
                    String id = before.id() + "-" + notice.severity().code();
                    fresh.add(new Message(id, false, kept, now));
                }
            }
        }
        for (Raised one : raised.values()) {
            boolean gone =
                    active.stream().noneMatch(n -> n.key().equals(one.notice().key()))
                            && !now.isBefore(one.seen().plus(settle));
            if (gone) {
                after.remove(one.notice().key());
                fresh.add(new Message(one.id() + "-resolved", true, one.notice(), now));
            }
        }
        return new AlertState(after, unsent, dropped).with(fresh, outlets);
    }

    /**
     * A thing keeps the time at which it began, and gets worse but never milder in the books: one
     * that swings between two severities is told of each once.
     */
    private static Notice kept(Notice now, Notice before) {
        Severity worst =
                now.severity().compareTo(before.severity()) > 0
                        ? now.severity()
                        : before.severity();
        return new Notice(
                now.key(),
                now.code(),
                worst,
                now.subject(),
                now.sentence(),
                now.next(),
                before.since());
    }

    private static String id(Notice notice, Instant now) {
        return Integer.toHexString(notice.key().hashCode()) + "-" + now.toEpochMilli();
    }

    private AlertState with(List<Message> fresh, Set<String> outlets) {
        Map<String, List<Message>> more = new TreeMap<>(unsent);
        more.keySet().retainAll(outlets); // Who is no outlet any more is not waited for.
        long lost = dropped;
        if (!fresh.isEmpty()) {
            for (String outlet : outlets) {
                List<Message> all = new ArrayList<>(more.getOrDefault(outlet, List.of()));
                all.addAll(fresh);
                int over = Math.max(0, all.size() - MOST_UNSENT);
                lost += over;
                more.put(outlet, all.subList(over, all.size()));
            }
        }
        return new AlertState(raised, more, lost);
    }

    /** Returns the state after an outlet took these messages. */
    public AlertState sent(String outlet, List<Message> messages) {
        Map<String, List<Message>> less = new TreeMap<>(unsent);
        List<Message> left = new ArrayList<>(less.getOrDefault(outlet, List.of()));
        left.removeAll(messages);
        if (left.isEmpty()) {
            less.remove(outlet);
        } else {
            less.put(outlet, left);
        }
        return new AlertState(raised, less, dropped);
    }
}
