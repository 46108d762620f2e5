package dev.stoker.warm;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * When a model shall be ready, such as {@code weekdays 8-18} or {@code mon-fri 7:30-19, sat 9-12}.
 * A time that ends before it begins goes on into the next day. Immutable.
 *
 * @param text as it was written
 */
public record WarmSchedule(String text, List<Part> parts) {
    private static final Pattern PART =
            Pattern.compile(
                    "([a-z]+(?:\\s*[-–]\\s*[a-z]+)?)(?:\\s+(\\d{1,2})(?::(\\d{2}))?\\s*[-–]\\s*"
                            + "(\\d{1,2})(?::(\\d{2}))?)?");
    private static final List<String> DAYS =
            List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
    private static final Map<String, Set<DayOfWeek>> WORDS =
            Map.of(
                    "weekdays", EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY),
                    "weekend", EnumSet.range(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                    "weekends", EnumSet.range(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
                    "daily", EnumSet.allOf(DayOfWeek.class),
                    "always", EnumSet.allOf(DayOfWeek.class));
    private static final int WHOLE_DAY = 24 * 60;

    public WarmSchedule {
        parts = List.copyOf(parts);
    }

    /**
     * Some days, with a time of day.
     *
     * @param fromMinute since midnight
     * @param toMinute since midnight, exclusive
     */
    public record Part(Set<DayOfWeek> days, int fromMinute, int toMinute) {
        public Part {
            days = Set.copyOf(days);
        }

        boolean holds(DayOfWeek day, int minute) {
            if (fromMinute < toMinute) {
                return days.contains(day) && minute >= fromMinute && minute < toMinute;
            }
            return (days.contains(day) && minute >= fromMinute)
                    || (days.contains(day.minus(1)) && minute < toMinute);
        }
    }

    /** Reads a schedule; empty where the text is none. */
    public static Optional<WarmSchedule> parse(String text) {
        List<Part> parts = new ArrayList<>();
        for (String piece : text.toLowerCase(Locale.ROOT).split(",", -1)) {
            Matcher m = PART.matcher(piece.strip());
            if (!m.matches()) {
                return Optional.empty();
            }
            Optional<Set<DayOfWeek>> days = days(m.group(1));
            int from = m.group(2) == null ? 0 : minutes(m.group(2), m.group(3));
            int to = m.group(2) == null ? WHOLE_DAY : minutes(m.group(4), m.group(5));
            if (days.isEmpty() || from < 0 || to < 0 || from == to || from == WHOLE_DAY) {
                return Optional.empty();
            }
            parts.add(new Part(days.get(), from, to));
        }
        return Optional.of(new WarmSchedule(text.strip(), parts));
    }

    private static int minutes(String hours, String minutes) {
        int rest = minutes == null ? 0 : Integer.parseInt(minutes);
        int all = Integer.parseInt(hours) * 60 + rest;
        return rest < 60 && all <= WHOLE_DAY ? all : -1;
    }

    private static Optional<Set<DayOfWeek>> days(String words) {
        Set<DayOfWeek> known = WORDS.get(words);
        if (known != null) {
            return Optional.of(known);
        }
        List<String> ends = List.of(words.split("\\s*[-–]\\s*", -1));
        int first = day(ends.getFirst());
        int last = day(ends.getLast());
        if (first < 0 || last < 0) {
            return Optional.empty();
        }
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (int d = first; ; d = (d + 1) % 7) {
            days.add(DayOfWeek.of(d + 1));
            if (d == last) {
                return Optional.of(days);
            }
        }
    }

    private static int day(String word) {
        return word.length() < 3 ? -1 : DAYS.indexOf(word.substring(0, 3));
    }

    /** Returns whether the model shall be ready at a moment. */
    public boolean holds(Instant at, ZoneId zone) {
        LocalDateTime local = LocalDateTime.ofInstant(at, zone);
        int minute = local.getHour() * 60 + local.getMinute();
        return parts.stream().anyMatch(p -> p.holds(local.getDayOfWeek(), minute));
    }
}
