// The packaged console font, as it is, at font_data; font_data_size is how many bytes it has.
    .section .rodata.font, "a", @progbits
    .balign 16
    .globl font_data
font_data:
    .incbin "build/packages/font.psf"
font_data_end:
    .balign 8
    .globl font_data_size
font_data_size:
    .quad font_data_end - font_data
