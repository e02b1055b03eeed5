/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lnΓ, ψ and ψ′ at once, as likelihoods with beta functions need them: by the recurrence up to 10
 * and Stirling's series from there on (Abramowitz & Stegun, "Handbook of Mathematical Functions",
 * 6.1.40, 6.3.18, 6.4.12), to the last two digits.
 */
#ifndef GYMTUI_MODEL_GAMMA_H
#define GYMTUI_MODEL_GAMMA_H

struct gamma_values {
    double log, psi, psi1; /* lnΓ(x), its first and its second derivative */
};

/* `x` above 0. */
struct gamma_values gamma_at(double x);

#endif
