# Shared look of every figure. Expects: lang ("pt" or "en"), csv (folder of results), out (file .svg or .png).
# Colours: Okabe and Ito (2008), told apart by the colour-blind; dash and point differ too.
tr(pt, en) = lang eq "pt" ? pt : en
is_png = (strlen(out) > 4 && out[strlen(out) - 3:*] eq ".png")
width = exists("width") ? width : 860
height = exists("height") ? height : 540
if (is_png) {
    set terminal pngcairo size 2 * width, 2 * height font "DejaVu Sans,13" fontscale 2 linewidth 2 pointscale 2 background "white"
} else {
    set terminal svg size width, height font "DejaVu Sans,14" background "white" linewidth 1.2
}
set output out
set decimalsign (lang eq "pt" ? "," : ".")
set encoding utf8
set datafile separator ","
set datafile columnheaders
set minussign

set border 3 linecolor "#444444" linewidth 1
set tics nomirror out scale 0.6 textcolor "#222222"
set grid linecolor "#e4e4e4" linewidth 0.6, linecolor "#f0f0f0"
set key off
set title font ",16"

size = is_png ? 1 : 0.6
SIGMOID = "#0072B2"; TANH = "#D55E00"; RELU = "#009E73"; LINEAR = "#CC79A7"
THEORY = "#222222"; QUIET = "#777777"
set style line 1 linecolor rgb SIGMOID linewidth 2 dashtype 1 pointtype 7 pointsize 0.6 * size
set style line 2 linecolor rgb TANH linewidth 2 dashtype (12, 4) pointtype 5 pointsize 0.6 * size
set style line 3 linecolor rgb RELU linewidth 2 dashtype (4, 3) pointtype 9 pointsize 0.7 * size
set style line 4 linecolor rgb LINEAR linewidth 2 dashtype (12, 3, 3, 3) pointtype 13 pointsize 0.8 * size
set style line 9 linecolor rgb THEORY linewidth 0.9 dashtype 1
activations = "sigmoid tanh relu linear"
label_of(name) = name eq "relu" ? "ReLU" : name eq "sigmoid" ? tr("sigmoide", "sigmoid") : name
# A caption at the foot of the figure, and a number as a reader of this language writes it.
number(text) = lang eq "pt" && strstrt(text, ".") ? text[1:strstrt(text, ".") - 1].",".text[strstrt(text, ".") + 1:*] : text
note = tr("linha fina: teoria de campo médio; faixa ou barra: ± 1 desvio padrão entre sementes", "thin line: mean-field theory; band or bar: ± 1 standard deviation over seeds")
# The value if the row is one of these, else a gap.
when(is, value) = is ? value : NaN
