package dev.priok.core;

/** Who one is to a registry. Never printed: every {@code toString} hides the secret. */
public sealed interface Credentials {
    /** Nobody in particular. */
    Credentials ANONYMOUS = new Anonymous();

    /** Nobody in particular. */
    record Anonymous() implements Credentials {}

    /**
     * A user with a password.
     *
     * @param user name
     * @param password secret
     */
    record Basic(String user, String password) implements Credentials {
        @Override
        public String toString() {
            return "credentials of " + user;
        }
    }

    /**
     * What a login gave instead of a password: the OAuth2 refresh token of the registry's token server.
     *
     * @param token secret
     */
    record IdentityToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "an identity token";
        }
    }

    /**
     * A bearer token that the registry takes as it is.
     *
     * @param token secret
     */
    record RegistryToken(String token) implements Credentials {
        @Override
        public String toString() {
            return "a registry token";
        }
    }
}
