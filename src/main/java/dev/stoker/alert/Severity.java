package dev.stoker.alert;

/** How much an alert matters. */
public enum Severity {
    /** Worth knowing: something is slower than it could be. */
    NOTE("note"),
    /** It gets worse if nobody looks. */
    WARNING("warning"),
    /** Answers fail or take many times as long, now or soon. */
    CRITICAL("critical");

    private final String code;

    Severity(String code) {
        this.code = code;
    }

    /** Returns the stable name for JSON and labels. */
    public String code() {
        return code;
    }
}
