package dev.stoker.server;

/** Carries a {@link ServerFailure} out of a call that has no result without it. */
public final class ServerException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ServerFailure failure;

    public ServerException(ServerFailure failure) {
        super(failure.sentence());
        this.failure = failure;
    }

    public ServerFailure failure() {
        return failure;
    }
}
