# Writes the data and the expected numbers of the golden tests from R: make golden
#
# Debian: apt-get install --no-install-recommends r-base-core r-cran-survival r-cran-nlme r-cran-geepack \
#         r-cran-matchit r-cran-sandwich r-cran-clubsandwich r-cran-multcomp r-cran-mass r-cran-nnet
suppressPackageStartupMessages({
  library(MatchIt); library(survival); library(nlme); library(geepack); library(MASS); library(nnet)
  library(sandwich); library(clubSandwich); library(multcomp); library(splines)
})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
rows <- list()
put <- function(case, names, values) {
  rows[[length(rows) + 1]] <<- data.frame(case, name = names, value = sprintf("%.12g", as.numeric(values)))
}
table_of <- function(data, file) write.csv(data, file.path(here, file), row.names = FALSE, quote = FALSE, na = "")

# people who took a job training, and others (Dehejia and Wahba 1999)
data(lalonde)
table_of(lalonde, "lalonde.csv")
on <- treat ~ age + educ + race + married + nodegree + re74 + re75
e <- fitted(glm(on, binomial, lalonde, control = list(epsilon = 1e-14)))
a <- lalonde$treat; y <- lalonde$re78
put("lalonde_propensity", c("treated", "reference"), c(mean(e[a == 1]), mean(e[a == 0])))
naive <- t.test(y[a == 1], y[a == 0])
put("lalonde_naive", c("estimate", "std_error"), c(diff(rev(naive$estimate)), naive$stderr))
ancova <- lm(re78 ~ treat + age + educ + race + married + nodegree + re74 + re75, lalonde)
put("lalonde_ancova", "estimate", coef(ancova)["treat"])
for (hc in c("HC0", "HC1", "HC2", "HC3")) {
  put("lalonde_ancova", tolower(hc), sqrt(vcovHC(ancova, type = hc)["treat", "treat"]))
}
for (target in c("ate", "att", "ato")) {
  h <- list(ate = 1, att = e, ato = e * (1 - e))[[target]]
  w <- h / ifelse(a == 1, e, 1 - e)
  weighted <- lm(y ~ a, weights = w)
  ess <- function(v) sum(v)^2 / sum(v^2)
  put(paste0("lalonde_", target), c("estimate", "std_error", "ess_treated", "ess_reference"),
      c(coef(weighted)["a"], sqrt(vcovHC(weighted, type = "HC0")["a", "a"]), ess(w[a == 1]), ess(w[a == 0])))
}
of_arm <- function(k) predict(lm(update(formula(ancova), . ~ . - treat), lalonde[a == k, ]), lalonde)
m1 <- of_arm(1); m0 <- of_arm(0)
psi <- m1 + a * (y - m1) / e - m0 - (1 - a) * (y - m0) / (1 - e)
put("lalonde_aipw", c("estimate", "std_error"), c(mean(psi), sd(psi) / sqrt(length(psi))))
each <- lm(re78 ~ treat * (age + educ + race + married + nodegree + re74 + re75), lalonde)
X <- function(k) model.matrix(delete.response(terms(each)), transform(lalonde, treat = k))
moved <- colMeans(X(1) - X(0))
put("lalonde_g_computation", c("estimate", "std_error"),
    c(sum(moved * coef(each)), sqrt(drop(t(moved) %*% vcovHC(each, type = "HC2") %*% moved))))
balance <- summary(matchit(on, lalonde), standardize = TRUE)$sum.all[, "Std. Mean Diff."]
put("lalonde_smd", gsub("race", "", names(balance)), balance)
race <- multinom(race ~ age + educ + re74, transform(lalonde, re74 = re74 / 1000), trace = FALSE, reltol = 1e-15, maxit = 500)
put("lalonde_multinomial", c("log_likelihood", paste0("first_", colnames(fitted(race)))), c(logLik(race), fitted(race)[1, ]))
curve <- lm(re78 ~ ns(age, df = 4) + educ, lalonde)
at <- function(v) c(1, predict(ns(lalonde$age, df = 4), v), 0)
put("lalonde_spline", c("estimate", "std_error"),
    c(sum((at(30) - at(20)) * coef(curve)), sqrt(drop(t(at(30) - at(20)) %*% vcovHC(curve, type = "HC3") %*% (at(30) - at(20))))))

# people with lung cancer (Loprinzi et al. 1994)
table_of(lung, "lung.csv")
km <- survfit(Surv(time, status) ~ sex, lung)
s <- summary(km, times = 180)
r <- summary(km, rmean = 365)$table
put("lung_km", c("median_1", "median_2", "free_1", "free_2", "se_1", "se_2", "rmst_1", "rmst_2", "rmst_se_1", "rmst_se_2"),
    c(r[, "median"], s$surv, s$std.err, r[, "rmean"], r[, "se(rmean)"]))
put("lung_logrank", "chi2", survdiff(Surv(time, status) ~ sex, lung)$chisq)
weighted <- survfit(Surv(time, status) ~ 1, lung, weights = lung$age / 50, id = seq_len(nrow(lung)), robust = TRUE)
put("lung_weighted_km", c("free", "se"), unlist(summary(weighted, times = 180)[c("surv", "std.err")]))
for (ties in c("efron", "breslow")) {
  cox <- coxph(Surv(time, status) ~ age + sex + ph.ecog, lung, ties = ties, control = coxph.control(eps = 1e-11))
  put(paste0("lung_cox_", ties), c("age", "sex", "ph.ecog", "log_likelihood"), c(coef(cox), cox$loglik[2]))
  if (ties == "efron") put("lung_cox_efron", paste0("se_", names(coef(cox))), sqrt(diag(vcov(cox))))
}
ordered_steps <- polr(factor(ph.ecog) ~ I(sex == 2) + age, lung, Hess = TRUE, control = list(reltol = 1e-15))
put("lung_polr", c("estimate", "log_likelihood"), c(coef(ordered_steps)[1], logLik(ordered_steps)))
whole <- na.omit(lung[c("inst", "wt.loss", "sex", "age", "ph.ecog")])
site <- lm(wt.loss ~ I(sex == 2) + age + ph.ecog, whole)
cr2 <- coef_test(site, vcovCR(site, whole$inst, "CR2"), test = "Satterthwaite")[2, ]
put("lung_cluster", c("estimate", "cr0", "cr2", "df"),
    c(coef(site)[2], sqrt(vcovCR(site, whole$inst, "CR0")[2, 2]), cr2$SE, cr2$df))

# growth of 27 children (Potthoff and Roy 1964), and with four of 108 measurements taken out
children <- data.frame(subject = as.character(Orthodont$Subject), sex = as.character(Orthodont$Sex),
                       age = Orthodont$age, distance = Orthodont$distance)
gone <- with(children, subject %in% c("M01", "M05", "F03") & age == 14 | subject == "M05" & age == 12)
for (case in c("orthodont", "orthodont_miss")) {
  data <- children[if (case == "orthodont") TRUE else !gone, ]
  table_of(data, paste0(case, ".csv"))
  data$visit <- factor(data$age); data$code <- as.integer(data$visit); data$female <- as.numeric(data$sex == "Female")
  fit <- gls(distance ~ visit + visit:female, data, method = "ML", correlation = corSymm(form = ~ code | subject),
             weights = varIdent(form = ~ 1 | visit), control = glsControl(tolerance = 1e-10, msTol = 1e-12, maxIter = 500, msMaxIter = 500))
  k <- grep("female", names(coef(fit)))
  n <- nrow(data); p <- length(coef(fit))
  put(paste0(case, "_mmrm"), c("visit_1", "visit_4", "printed_se_4", "ml_se_4", "log_likelihood"),
      c(coef(fit)[k[c(1, 4)]], sqrt(vcov(fit)[k[4], k[4]]), sqrt(vcov(fit)[k[4], k[4]] * (n - p) / n), logLik(fit)))
}
for (case in list(list("intercept", distance ~ age + Sex, ~1), list("slope", distance ~ age * Sex, ~age))) {
  mixed <- lme(case[[2]], random = case[[3]], data = Orthodont, method = "REML", control = lmeControl(msTol = 1e-12, tolerance = 1e-10))
  put(paste0("orthodont_lme_", case[[1]]), c(paste0("coef_", 1:length(fixef(mixed))), paste0("se_", 1:length(fixef(mixed))), "log_likelihood"),
      c(fixef(mixed), sqrt(diag(vcov(mixed))), logLik(mixed)))
  if (case[[1]] == "intercept") put("orthodont_lme_intercept", c("sd_subject", "sd_residual"), VarCorr(mixed)[, "StdDev"])
}

# wheeze of 537 children at four ages (Ware et al. 1984)
data(ohio)
table_of(ohio, "ohio.csv")
gee <- geeglm(resp ~ age * smoke, id = id, data = ohio, family = binomial, corstr = "exchangeable")
put("ohio_gee", c(paste0("coef_", 1:4), paste0("se_", 1:4), "alpha"), c(coef(gee), sqrt(diag(vcov(gee))), gee$geese$alpha))
hazard <- glm(resp ~ smoke + factor(age), binomial("cloglog"), ohio, control = list(epsilon = 1e-14))
put("ohio_cloglog", c("estimate", "std_error"),
    c(coef(hazard)["smoke"], sqrt(vcovCL(hazard, ohio$id, type = "HC0", cadjust = FALSE)["smoke", "smoke"])))

# breaks of yarn (Tippett 1950)
table_of(warpbreaks, "warpbreaks.csv")
yarn <- aov(breaks ~ tension, warpbreaks)
tukey <- TukeyHSD(yarn, "tension")$tension
put("warpbreaks_tukey", c(paste0("estimate_", 1:3), paste0("p_", 1:3)), c(tukey[, "diff"], tukey[, "p adj"]))
set.seed(1)
put("warpbreaks_tukey", "quantile", attr(confint(glht(yarn, mcp(tension = "Tukey")))$confint, "calpha"))
flat <- glm(breaks ~ wool + tension, poisson, warpbreaks, control = list(epsilon = 1e-14))
put("warpbreaks_poisson", c("estimate", "hc1"), c(coef(flat)[2], sqrt(vcovHC(flat, type = "HC1")[2, 2])))

# the 15 p-values of Benjamini and Hochberg (1995)
p <- c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1)
for (method in c("holm", "BH", "BY")) put(paste0("p_adjust_", tolower(method)), paste0("p_", 1:15), p.adjust(p, method))
put("power", c("power", "mde"), c(power.t.test(64, .5, strict = TRUE)$power,
    power.t.test(100, power = .8, strict = TRUE, tol = 1e-12)$delta))
drug <- t.test(extra ~ group, sleep)
put("sleep", c("estimate", "ci_lower", "ci_upper", "p_value"), c(-diff(drug$estimate), drug$conf.int, drug$p.value))

write.csv(do.call(rbind, rows), file.path(here, "expected.csv"), row.names = FALSE, quote = FALSE)
