"""What the codes of findings mean for a surveyor, and what is to be done."""

from __future__ import annotations

from gis.text import Text, t

MEANINGS: dict[str, Text] = {
    "F01": t("The file or a feature in it cannot be read. Export it again and compare the number of rows."),
    "F02": t("The text fits no known encoding. Ask who made the file, and declare it with --encoding."),
    "F03": t("The file does not say which coordinate system it is in. Ask, and declare it with --crs."),
    "F04": t("There is no accurate way from this coordinate system. Have the surveyors convert the data."),
    "F05": t("A column that is needed was not recognised. Name it with --field or --map."),
    "F06": t("Nothing is in the file. Was the right one delivered?"),
    "F07": t("The archive could do harm. Pack it again as an ordinary zip."),
    "F08": t("Not a fault: columns without a field of their own are kept with each row."),
    "F09": t("File and declaration disagree about the encoding; what the bytes are was taken."),
    "F10": t("A part of the shapefile is missing. Deliver all its files together."),
    "F11": t("A row has no shape, or a line where an area is needed. Draw it, or delete the row."),
    "F12": t("The coordinates are in another place, or in another system than the file says."),
    "F13": t("A value was cut off or damaged before it was delivered. Correct it in the source."),
    "F14": t(
        "The values stay as they are. Add them to the mapping file, unless such rows do not belong here."
    ),
    "F15": t("Nothing says where the picture lies. Have it rectified and exported with its georeference."),
    "F16": t("The file claims a size, or values of a type, that no orthophoto or elevation model has."),
    "F17": t("Where nothing was measured cannot be told from height 0. Export it with a nodata value."),
    "G01": t("The boundary crosses or touches itself: what is inside is not certain. Redraw it there."),
    "G02": t("A vertex twice in a row, or a needle in the boundary: a slip of drawing. Delete the vertex."),
    "G03": t(
        "Two areas claim the same ground: a case there has two answers. Let both follow one line. "
        "Notes are seams within the tolerance (0.01 m² or 1 mm wide)."
    ),
    "G04": t(
        "No area covers this ground: a case there has no answer. Close the gap, or draw the missing area. "
        "Notes are seams within the tolerance (0.01 m² or 1 mm wide)."
    ),
    "G05": t("An area reaches beyond the division it belongs to. Move the line to the division's boundary."),
    "G06": t("The area stated in the table is not that of the polygon. Calculate it anew."),
    "G07": t("The code names another division than the one the area lies in. Correct the code or the place."),
    "G08": t("A code stands for two things, or for one that was retired. A code is given once, for ever."),
    "G09": t("Not a fault: numbers of the community that are not used."),
    "G10": t("A boundary cuts through a building or a component. Lead it around."),
    "G11": t("Much larger or smaller than the guiding size of 10 000 m²: right for parks, water, villages."),
    "G12": t("A component lies in no grid, or in another one than it names."),
    "G13": t("Without a code nothing can be kept. Give one, or delete the row."),
    "G14": t("The code is not of the national form, so county, street and community cannot be read from it."),
    "G15": t("The division above is not in the registry. Import it first, or correct the code."),
    "G16": t("Too small or too narrow to be meant. Join it to its neighbour, or delete it."),
    "G17": t("One thing drawn in several polygons, kept as parts of it. Check that none is a leftover."),
    "G18": t("Two columns give different codes. Decide which system counts, and name it with --field code=…"),
    "G19": t("The name in the table is not that of the place. Which of the two is out of date?"),
    "G20": t("Neighbours share a border but not its vertices: edits tear it apart. Give both the same."),
    "G21": t("A community without any unit grid: no case there can be filed. Draw its grids."),
    "G22": t("Two rows are the same polygon under different codes. Delete the one that is not meant."),
    "G23": t("A grid made of unit grids names a group or a unit grid that is not there. Correct the code."),
    "G24": t("A unit grid belongs to two groups of one line: a case there has two answers. Choose one."),
    "G25": t("A unit grid belongs to no group of the line: nobody patrols it. Add it to a group."),
    "G26": t("The unit grids of a group do not touch. Check that none was added by mistake."),
    "G27": t("The group is not made as the rules for its kind say: see what was expected."),
    "G28": t("The boundary drawn is not that of the unit grids together. The members count; redraw it."),
    "G29": t("A group of no unit grid covers nothing. Give it members, or retire it."),
    "G30": t("The list of valid codes has no such division. Correct the code, or complete the list."),
    "G31": t("The division was merged, split, recoded or abolished. The hint says what followed it."),
    "G32": t("The table of changes does not say clearly what became of a code. Complete or correct the row."),
    "G33": t(
        "The border of a grid moved while its code stayed. A changed grid gets a new code: split or move it."
    ),
    "G34": t("The registry has a grid that the delivery leaves out. Retire it, or deliver it too."),
    "C01": t("The identifier has not the digits of its edition, or other signs. Correct it in the source."),
    "C02": t(
        "Two rows, or a row and a former component, have one identifier: all are refused. "
        "Give the new one another number."
    ),
    "C03": t("The first six digits name another county than the one the component stands in. Correct it."),
    "C04": t(
        "The class cannot be told, is in no list or no longer in force. Correct it, or enter it as your own."
    ),
    "C05": t("Code and name tell two different classes. Which of them is right?"),
    "C06": t("Every component needs this attribute. Have it entered."),
    "C07": t("No organisation of the registry fits code and name. Correct them, or import the organisation."),
    "C08": t("The standard lists the states that there are. Use one of those."),
    "C09": t(
        "The date does not exist, lies in the future, or the change lies before the beginning. Correct it."
    ),
    "C10": t("The position lies in no unit grid: either it is wrong, or a grid is missing."),
    "C11": t("It stands farther from the grid it names than its class may be off. The stated grid is kept."),
    "C12": t("Street or community are not those of the unit grid. Correct them, or the grid."),
    "C13": t("A line where a point belongs, or the like. Draw it as its class has it."),
    "C14": t("Two of one class closer than they can be told apart: surveyed twice? Delete one."),
    "C15": t("The row has no position, or one that is none on earth. Survey it."),
    "C16": t(
        "Nobody is named who owns or maintains it: cases go astray. Enter one, or settle the ownership."
    ),
    "C17": t("Not a fault where a number was given; keep it from now on."),
    "C18": t("Not a fault: the unit grid follows from the position."),
    "C19": t("The code has not the digits of its edition. Correct it, or say which edition is meant."),
    "C20": t("The number is that of another class. A number is given once; take the next free one."),
    "C21": t("The standards say how cities number and name classes of their own. Follow it while you can."),
    "C22": t("A sub-class belongs to a class whose code it begins with. Enter that class, or correct it."),
    "C23": t("Numbers handed out to one contractor are his alone. Ask who used this one, and for what."),
    "C24": t(
        "A component is known under several identifiers; the registry keeps its own and finds it by all."
    ),
    "C25": t("More stand on one spot than can: their positions were filled in, not surveyed. Survey them."),
    "C26": t("The position is in another place than all the others. Correct it, or exchange the axes."),
    "C27": t(
        "The whole delivery lies beside what the registry knows: another datum, epoch or a map's shift."
    ),
    "C28": t("Not a fault on poles with several things; else one thing was entered under two classes."),
    "C29": t("Nearly every other unit grid has several of this class: was it overlooked there?"),
    "C30": t("A row names a photo that was not delivered, or that may be any of several. Deliver it."),
    "C31": t("Photos were delivered that no row names. Write their names into the table, or leave them out."),
    "C32": t("The camera was far from the component: another photo belongs here, or a position is wrong."),
    "C33": t("The file is damaged, empty or no image. Copy it again from the camera."),
    "C34": t(
        "Several components share a photo or a picture. Right when they stand together, else photograph."
    ),
    "R01": t(
        "An organisation is known by its credit code: correct it. A number of your own is kept as it is."
    ),
    "R02": t("Two rows have one code or one name. Delete the one that is not meant, or tell them apart."),
    "R03": t("A deadline is never guessed. Write a number and a unit; a range is none."),
    "R04": t(
        "The wording is neither a unit nor a role: nobody would act. Write a name, or a role (所属街办)."
    ),
    "R05": t(
        "Code and name of the class differ from the catalogue. Correct them, or enter the class as your own."
    ),
    "R06": t(
        "The unit is not in the table of organisations: enter it, or the wording as a short name of one."
    ),
    "R07": t(
        "Without its class a row is no rule. Enter the codes, or say what kind of classes the sheet has."
    ),
    "R09": t(
        "Two areas of one line claim the same ground for two units. Let them end where the other begins."
    ),
    "R10": t("What is named is not there. Correct the code, or import it first."),
    "R20": t(
        "Notes and sub-totals are no fault. A class without condition and limit has no rule: complete it."
    ),
    "R21": t("One of the two rows is superfluous, or one of them names the wrong units."),
    "R22": t("A unit cannot be above itself or follow itself. Correct the parent or the successor."),
    "R23": t("Which of the two is meant cannot be told. Close one, or correct its division."),
    "R24": t(
        "A case there goes to nobody. Enter a rule with a unit, an area, or the street office of the place."
    ),
    "R25": t("The class is decided by records, areas and the place only, and has no deadline."),
    "R26": t("The table counts on a unit that is not there. Import the organisation or the area."),
    "R27": t("Whoever names the unit is answered by the next evidence. Enter who took its duties over."),
    "R28": t("Nobody can be reached by this. Enter a person, a department or a number."),
    "R29": t("One case counts once. Delete the later row, or give it a number of its own."),
    "R30": t(
        "Place and area named contradict each other. Nothing is refused; find out which of them is wrong."
    ),
    "R31": t("A hotline's office, the centre of a district: such a place tells where nobody knew better."),
    "R08": t("The polygon crosses or touches itself: what lies inside is not certain. Redraw it there."),
    "R11": t("The word or date has none of the forms that are known. Use one of those expected."),
    "R12": t("An entry is about a component or a place. Enter an identifier, or draw it."),
    "R13": t("Two entries give one thing to two units at the same time. Delete the one that is out of date."),
    "R14": t("List and record name different units. Find out which is right, and correct the other."),
    "R15": t("One day lies before another that has to come first. Correct them."),
    "R16": t("An entry without any unit decides nothing. Enter the owner, the maintainer or the builder."),
}


def meaning(code: str) -> str | None:
    """Return what a finding code means and what to do, in the current language, if that is written down."""
    text = MEANINGS.get(code)
    return None if text is None else str(text)
