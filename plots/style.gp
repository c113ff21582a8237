# Shared look of every figure. Expects: lang ("pt" or "en"), csv (folder of results), out (file .svg or .png).
# Colours: Okabe and Ito (2008), told apart by the colour-blind; dash and point differ too.
# A figure is 640 wide and holds no text below 16.5: a phone shows it 352 wide, and its text at 9 pixels or more.
tr(pt, en) = lang eq "pt" ? pt : en
is_png = (strlen(out) > 4 && out[strlen(out) - 3:*] eq ".png")
width = 640
height = exists("height") ? height : 480
if (is_png) {
    set terminal pngcairo size 2 * width, 2 * height font "sans-serif,13" fontscale 2 linewidth 2.4 dashlength 2 pointscale 2 background "white"
} else {
    set terminal svg size width, height font "sans-serif,17" background "white" linewidth 1.2
}
set output out
set decimalsign (lang eq "pt" ? "," : ".")
set encoding utf8
set datafile separator ","
set datafile columnheaders
set minussign

set border 3 linecolor "#444444" linewidth 1
set tics nomirror out scale 0.6, 0 textcolor "#222222"
set grid linecolor "#e4e4e4" linewidth 0.6, linecolor "#f0f0f0"
set key off
set pointintervalbox 0.01 # or a white disc hides the bar behind a point
set errorbars small

size = is_png ? 1 : 0.6
SIGMOID = "#0072B2"; TANH = "#D55E00"; RELU = "#009E73"; LINEAR = "#CC79A7"
THEORY = "#222222"; QUIET = "#666666"
EXPLODES = "#fdf1e7"; VANISHES = "#eaf2f9" # grounds of r > 1 and r < 1
set style line 1 linecolor rgb SIGMOID linewidth 3 dashtype 1 pointtype 7 pointsize 0.8 * size
set style line 2 linecolor rgb TANH linewidth 3 dashtype (12, 4) pointtype 5 pointsize 0.8 * size
set style line 3 linecolor rgb RELU linewidth 3 dashtype (4, 3) pointtype 9 pointsize 0.9 * size
set style line 4 linecolor rgb LINEAR linewidth 3 dashtype (12, 3, 3, 3) pointtype 13 pointsize size
# the same, darker, for words
set style line 11 linecolor rgb SIGMOID
set style line 12 linecolor rgb "#B04A00"
set style line 13 linecolor rgb "#007A59"
set style line 14 linecolor rgb "#A0527F"
set style line 9 linecolor rgb THEORY linewidth 0.9 dashtype 1
activations = "sigmoid tanh relu linear"
label_of(name) = name eq "relu" ? "ReLU" : name eq "sigmoid" ? tr("sigmoide", "sigmoid") : name
# Powers and indices stay as large as the text around them.
power = "10^{/*1.22 %g}"
decade = "10^{/*1.22 %T}"
dh = "‖∂L/∂h_{/*1.22 t}‖"
explodes = tr("explode", "explodes"); vanishes = tr("evanesce", "vanishes")
# A number as a reader of this language writes it.
number(text) = lang eq "pt" && strstrt(text, ".") ? text[1:strstrt(text, ".") - 1].",".text[strstrt(text, ".") + 1:*] : text
thin = tr("linha fina: teoria", "thin line: theory")
spread(mark) = tr(mark.": ± 1 desvio-padrão entre sementes", mark.": ± 1 standard deviation over seeds")
# To be evaluated, eval foot("..."): a note at the foot; the place of a panel, in parts of the figure from the left and from
# below; the grounds of what explodes and what vanishes, on both sides of y.
foot(text) = sprintf("set label 99 '%s' at screen 0.985, %f right textcolor rgb QUIET", text, 16.0 / height)
panel(left, right, bottom, top) = sprintf("set lmargin at screen %g; set rmargin at screen %g; set bmargin at screen %g; set tmargin at screen %g", left, right, bottom, top)
ground(low, high, color) = sprintf("rectangle from graph 0, %s to graph 1, %s behind fillcolor rgb '%s' fillstyle solid noborder", low, high, color)
fates(y) = sprintf("set object 101 %s; set object 102 %s; set arrow 101 from graph 0, first %g to graph 1, first %g nohead linecolor rgb THEORY linewidth 0.8 dashtype (6, 3)", ground(sprintf("first %g", y), "graph 1", EXPLODES), ground("graph 0", sprintf("first %g", y), VANISHES), y, y)
# The value if the row is one of these, else a gap.
when(is, value) = is ? value : NaN
# The 95 % interval of Wilson (1927) for a share of n.
wilson_middle(share, n) = (share + 3.8415 / (2 * n)) / (1 + 3.8415 / n)
wilson_half(share, n) = 1.95996 / (1 + 3.8415 / n) * sqrt(share * (1 - share) / n + 3.8415 / (4 * n * n))
wilson_low(share, n) = wilson_middle(share, n) - wilson_half(share, n)
wilson_high(share, n) = wilson_middle(share, n) + wilson_half(share, n)
