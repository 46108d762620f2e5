package dev.stoker.suite.check;

/** Something that can be said of an answer by a program. Immutable. */
public interface Check {

    /** Says whether an answer is as wanted; never throws for what a model wrote. */
    Verdict judge(Given given);
}
