package dev.stoker.memory.llama.graph;

/** What a node does, as far as the place of its result depends on it. */
enum Op {
    /** A weight, a cache, an input or a copy of one of them. */
    NONE(false),
    VIEW(false),
    RESHAPE(false),
    PERMUTE(false),
    GET_ROWS(false),
    SET_ROWS(false),
    MUL_MAT(false),
    MUL_MAT_ID(false),
    ADD(true),
    SUB(true),
    ADD_ID(true),
    MUL(true),
    DIV(true),
    SCALE(true),
    UNARY(true),
    RMS_NORM(true),
    NORM(false),
    ROPE(true),
    SOFT_MAX(true),
    GLU(false),
    FLASH(false),
    CONT(false),
    ARGSORT(false),
    SUM_ROWS(false),
    CLAMP(false),
    REPEAT(false),
    CONVOLUTION(false),
    SCAN(false),
    /** A scan that not every backend computes. */
    ODD_SCAN(false),
    DELTA(false),
    /** Any other that writes a result of its own. */
    OTHER(false);

    private final boolean inPlace;

    Op(boolean inPlace) {
        this.inPlace = inPlace;
    }

    /** Returns whether its result may take the place of a source that nothing else needs. */
    boolean inPlace() {
        return inPlace;
    }

    /** Returns whether it only looks at another's memory in another way. */
    boolean view() {
        return this == VIEW || this == RESHAPE || this == PERMUTE;
    }
}
