# The tables of a run and a sweep, read with base R: what docs/notebook.ipynb does in Python.
#
#   Rscript docs/tables.R runs/mine runs/many figures.pdf
#
# The first folder is that of a run, the second that of a sweep, the third a file for the figures.

given <- commandArgs(trailingOnly = TRUE)
run <- if (length(given) >= 1) given[1] else "runs/mine"
sweep_folder <- if (length(given) >= 2) given[2] else "runs/many"
figures <- if (length(given) >= 3) given[3] else "figures.pdf"

# What a row is about; blank means the whole crossing, the whole station, all classes.
what <- c("measure", "station", "group", "class", "statistic")

# What is blank is NA, and in the columns above an empty word; a class may be called "NA".
table_of <- function(folder, name) {
  rows <- read.csv(file.path(folder, "tables", paste0(name, ".csv")), check.names = FALSE,
                   stringsAsFactors = FALSE, encoding = "UTF-8", na.strings = "")
  for (column in intersect(what, names(rows))) {
    rows[[column]] <- ifelse(is.na(rows[[column]]), "", as.character(rows[[column]]))
  }
  rows
}

measures <- table_of(run, "measures")
paired <- table_of(run, "paired")
replications <- table_of(run, "replications")
print(subset(measures, measure == "crossing_time" & class == "",
             c(scenario, statistic, unit, value, ci_low, ci_high)))

# Points with their intervals, one below the other.
forest <- function(labels, middle, low, high, title) {
  places <- rev(seq_along(labels))
  par(mar = c(4, 18, 1, 1))
  plot(middle, places, xlim = range(low, high, 0, na.rm = TRUE), pch = 19, yaxt = "n", ylab = "", xlab = title)
  segments(low, places, high, places)
  abline(v = 0, col = "gray")
  axis(2, at = places, labels = labels, las = 1, cex.axis = 0.6)
}

pdf(figures)
shown <- subset(paired, unit == "min" & statistic == "mean" & group == "" & class == "" & !is.na(ci_low))
forest(paste0(shown$scenario, ": ", shown$measure, " ", shown$station),
       shown$difference, shown$ci_low, shown$ci_high,
       paste0("difference from ", shown$versus[1], " (min)"))

# One difference by hand: replications met the same trucks, so they are subtracted one by one. With
# several plans each interval is wider than 95 %, so that all of them hold together at 95 %.
told <- subset(paired, measure == "crossing_time" & statistic == "mean" & station == "" & group == "" &
                 class == "")[1, ]
values <- function(name) {
  rows <- replications[replications$scenario == name, ]
  for (column in what) rows <- rows[rows[[column]] == told[[column]], ]
  rows$value[order(rows$replication)]
}
differences <- values(told$scenario) - values(told$versus)
differences <- differences[!is.na(differences)]
n <- length(differences)
half_width <- qt((1 + told$confidence) / 2, n - 1) * sd(differences) / sqrt(n)
cat(sprintf("%s - %s: %.4f min (%.4f to %.4f)\n", told$scenario, told$versus, mean(differences),
            mean(differences) - half_width, mean(differences) + half_width))
stopifnot(n == told$n,
          abs(mean(differences) - told$difference) < 1e-6,
          abs(mean(differences) - half_width - told$ci_low) < 1e-6,
          abs(mean(differences) + half_width - told$ci_high) < 1e-6)

# A sweep: a row is a measure at a point; the columns after `scenario` are the keys that vary. A level
# that begins with a sign has an apostrophe before it, for spreadsheets.
sweep_rows <- table_of(sweep_folder, "sweep")
chosen <- subset(sweep_rows, measure == "crossing_time" & statistic == "mean" & station == "" & class == "")
stopifnot(nrow(chosen) == length(unique(sweep_rows$point)))
first <- match("scenario", names(chosen)) + 1
keys <- names(chosen)[first:(match("measure", names(chosen)) - 1)]
levels_of <- function(row) {
  if (chosen$point[row] == 0) return("baseline")
  paste(sub("^'", "", as.character(unlist(chosen[row, keys]))), collapse = ", ")
}
forest(vapply(seq_len(nrow(chosen)), levels_of, ""), chosen$value, chosen$ci_low, chosen$ci_high,
       "crossing time, mean (min)")
invisible(dev.off())
