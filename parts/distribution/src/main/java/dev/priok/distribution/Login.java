package dev.priok.distribution;

/**
 * A login that the registry took.
 *
 * @param identityToken what to send instead of the password from now on; empty when the registry gives none
 */
public record Login(String identityToken) {
    @Override
    public String toString() {
        return "a login";
    }
}
