package dev.stoker.control;

/** A restart that did not work; the message is one sentence for a person. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    public ControlException(String sentence) {
        super(sentence);
    }
}
