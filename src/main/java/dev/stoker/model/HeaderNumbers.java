package dev.stoker.model;

import dev.stoker.base.Text;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The whole numbers of one architecture in a header, held to what any model has: one beyond that is
 * told in a remark and taken as missing, so that sums made of them stay within 64 bits. Used by one
 * thread.
 */
final class HeaderNumbers {
    /** For a width, a count of heads or layers. */
    static final long MOST = 1L << 24;

    private final Header header;
    private final String prefix;
    private final List<String> remarks;
    private final Map<String, Optional<List<Long>>> lists = new HashMap<>();

    HeaderNumbers(Header header, String architecture, List<String> remarks) {
        this.header = header;
        this.prefix = architecture + ".";
        this.remarks = remarks;
    }

    String key(String name) {
        return prefix + name;
    }

    /** Returns whether there is a value, of whatever kind. */
    boolean has(String name) {
        return header.keys().contains(key(name));
    }

    boolean leftOut(String name) {
        return header.leftOut(key(name));
    }

    /** Returns a number from 0 on, or the other one where there is none. */
    long number(String name, long other) {
        return number(name, other, MOST);
    }

    int small(String name, int other) {
        return (int) number(name, other, MOST);
    }

    long number(String name, long other, long most) {
        OptionalLong told = header.whole(key(name));
        return told.isPresent() ? sane(name, told.getAsLong(), other, most) : other;
    }

    /** Returns a number that all layers have, or each its own: 0 beyond the end of the array. */
    long element(String name, int index, long other) {
        OptionalLong told = header.whole(key(name));
        if (told.isPresent()) {
            return sane(name, told.getAsLong(), other, MOST);
        }
        Optional<List<Long>> listed = list(name);
        if (listed.isEmpty()) {
            return other;
        }
        return index < listed.get().size() ? sane(name, listed.get().get(index), other, MOST) : 0;
    }

    Optional<List<Long>> list(String name) {
        return lists.computeIfAbsent(name, n -> header.wholes(key(n)));
    }

    private long sane(String name, long number, long other, long most) {
        if (number >= 0 && number <= most) {
            return number;
        }
        if (number == -1) {
            return other; // How some converters write that there is none.
        }
        String remark =
                "The header's "
                        + Text.plain(key(name), 80)
                        + " of "
                        + number
                        + " was not believed.";
        if (!remarks.contains(remark)) {
            remarks.add(remark);
        }
        return other;
    }
}
