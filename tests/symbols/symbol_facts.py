"""What forty symbols show, read off the drawings of the standard: letters in the icon, marks of echelon, and shape of frame.

Facts and no pictures: the drawings are a library's own. The number counts the marks above the frame as the standard draws them
(bars, crosses, dots), which is how a reader tells a company from a battalion.
"""

RECTANGLE, DOME, CIRCLE = "rectangle", "dome", "circle"

# code, frame, letters in the icon, marks above the frame, staff of a headquarters
FACTS = [
    ("10031000111211000000", RECTANGLE, "", 2, False),      # infantry team: a dot and the stroke through it
    ("10031000121211000000", RECTANGLE, "", 1, False),      # squad: one dot
    ("10031000131211000000", RECTANGLE, "", 2, False),      # section: two dots
    ("10031000141211000000", RECTANGLE, "", 3, False),      # platoon: three dots
    ("10031000151211000000", RECTANGLE, "", 1, False),      # company: one bar
    ("10031000161211000000", RECTANGLE, "", 2, False),      # battalion: two bars
    ("10031000171211000000", RECTANGLE, "", 3, False),      # regiment: three bars
    ("10031000181211000000", RECTANGLE, "", 1, False),      # brigade: one cross
    ("10031000211211000000", RECTANGLE, "", 2, False),      # division: two crosses
    ("10031000221211000000", RECTANGLE, "", 3, False),      # corps: three crosses
    ("10031000161205000000", RECTANGLE, "", 2, False),      # armour
    ("10031000161211020000", RECTANGLE, "", 2, False),      # mechanised infantry
    ("10031000161211040000", RECTANGLE, "", 2, False),      # motorised infantry
    ("10031000161303000000", RECTANGLE, "", 2, False),      # field artillery
    ("10031000151301000000", RECTANGLE, "", 1, False),      # air defence
    ("10031000161213000000", RECTANGLE, "", 2, False),      # reconnaissance
    ("10031000151206000000", RECTANGLE, "", 1, False),      # rotary-wing aviation
    ("10031000151219000000", RECTANGLE, "", 1, False),      # unmanned aircraft
    ("10031000161407000000", RECTANGLE, "", 2, False),      # engineers
    ("10031000151408000000", RECTANGLE, "EOD", 1, False),   # explosive ordnance disposal
    ("10031000151412000000", RECTANGLE, "MP", 1, False),    # military police
    ("10031000151217000000", RECTANGLE, "SF", 1, False),    # special forces
    ("10031000161606000000", RECTANGLE, "CSS", 2, False),   # combat service support
    ("10031000151613000000", RECTANGLE, "", 1, False),      # medical
    ("10031000151636000000", RECTANGLE, "", 1, False),      # transport
    ("10031000161110000000", RECTANGLE, "", 2, False),      # signals
    ("10031002181100000000", RECTANGLE, "", 1, True),       # headquarters of a brigade
    ("10031002211100000000", RECTANGLE, "", 2, True),       # headquarters of a division
    ("10031002221100000000", RECTANGLE, "", 3, True),       # headquarters of a corps
    ("10030100001101040000", DOME, "F", 0, False),          # fighter
    ("10030100001101090000", DOME, "K", 0, False),          # tanker
    ("10030100001101070000", DOME, "C", 0, False),          # cargo
    ("10030100001101100000", DOME, "P", 0, False),          # patrol
    ("10030100001101110000", DOME, "R", 0, False),          # reconnaissance
    ("10030100001101160000", DOME, "AEW", 0, False),        # airborne early warning
    ("10033000001202030000", CIRCLE, "DD", 0, False),       # destroyer
    ("10033000001202040000", CIRCLE, "FF", 0, False),       # frigate
    ("10033000001202050000", CIRCLE, "FS", 0, False),       # corvette
    ("10033000001204000000", CIRCLE, "", 0, False),         # mine warfare vessel
    ("10033000001301000000", CIRCLE, "AA", 0, False),       # auxiliary
    ("10031500001202010000", CIRCLE, "", 0, False),         # armoured fighting vehicle: equipment is round
]  # fmt: skip
