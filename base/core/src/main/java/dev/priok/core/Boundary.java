package dev.priok.core;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the module that a root package is, and the modules it may know; read by the architecture tests. */
@Documented
@Target(ElementType.PACKAGE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Boundary {
    /** Name of the module, as other boundaries list it. */
    String name();

    /** Names of the modules whose exposed packages this one may use. */
    String[] mayUse();

    /** Packages that others may use; empty means the annotated package alone. */
    String[] exposes() default {};
}
