// The packaged console font, as it is, between font_data and font_data_end.
    .section .rodata.font, "a", @progbits
    .balign 16
    .globl font_data
font_data:
    .incbin "build/packages/font.psf"
    .globl font_data_end
font_data_end:
