"""English words of things, places and businesses that stand in names of what is no person: our own list."""

WORDS = frozenset(
    word
    for row in (
        "a about account act active admin air all alpha american an and annual apple approved april area art",
        "association attack august auto avenue average baby back bad ball band bank bar base bay beach beer bell best",
        "beta big bike bill black blend blue board boat body book bottle box bread bridge broad brown building bus",
        "business button cable cafe cake california camp cancelled car card care case cat cell center central centre",
        "chair chart check cheese chicken child chocolate christmas church city class clean closed club coast code",
        "coffee cold college color company completed computer control cook cool corporation cost cotton council",
        "country county course court cream cross cup data day debug december deep default delivered delta department",
        "design development diesel digital direct disease district dog door double down draft drive dry early east",
        "eastern edition education electric energy engine english error espresso europe event express extra failed",
        "false family farm fast february female field file fire first fish fit fitness five flag flat flight floor",
        "flow food foot for force forest form fort four free fresh friday from front fruit full fund future game",
        "garden gas gate general gift glass global go gold golf good grand graphic great green ground group guide",
        "hall hand happy hard head health heart heavy hello high highway hill history home honey horse hospital hot",
        "hotel house ice in inactive inc index india industrial info information inside institute insurance",
        "international iron island isle january japan job juice july june just key kids king kingdom kit kitchen la",
        "lab lake land large laser last late law leather left legal lemon level library life light limited line link",
        "lite little live local log long los love low ltd lunch machine magic mail main male manager map march market",
        "mask master match mean median medium men metal meter middle milk mini mint mobile mode model modern monday",
        "money monitor month moon morning motor mount mountain mouse movie museum music national natural navy network",
        "new news night nine no none normal north northern northwest not note november null number october of off",
        "office oil old olive on one online open orange order organic original other out over page paint panel paper",
        "park part party pass path pay peak pen pending pepper petrol phone photo pink pizza place plan plant plastic",
        "plaza plus point police pool port post power premium press price prime print pro processing product program",
        "project public pump purple quality quarter quick race radio rail rain ranch red regional rejected report",
        "research reserve resort restaurant review rice right ring river road rock room root rose round route royal",
        "run safe saint salad sale salt san sand santa saturday sauce save school science screen sea season second",
        "security see self senior september series server service set seven shipped shirt shoe shop short show side",
        "silk silver single site six size sky sleep small smart smoke snow social society soft software solar solid",
        "solution song soup south southeast southern southwest space special sport spring square st stadium standard",
        "star start state station steel stone stop storage store story strawberry stream street strong studio style",
        "success sugar summer sun sunday super support surface sweet switch system table tank tape tax tea team tech",
        "technology telecom temple ten test text the theater three thursday time tires to top total tour tower town",
        "track trade traffic trail training transit travel tree trial trip truck true trust tuesday turbo turn two",
        "type ultra under union unit united university unknown up upper urban us usa valley van vanilla video view",
        "village vintage vision voice wall warehouse warm warning wash washing watch water wave way web wednesday",
        "week west western wheel white wide wild wind window wine winter wireless with wolf women wood wool work",
        "workshop world x year yellow yes you young zero zone",
    )
    for word in row.split()
)
"""Words that make a value of several words no name of a person."""
