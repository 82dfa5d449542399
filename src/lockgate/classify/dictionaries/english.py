"""Given names and surnames in Latin letters: our own list of the frequent ones, by common knowledge."""

GIVEN = frozenset(
    word
    for row in (
        "aaron abigail abraham adam adolf agnes ahmed aisha akira alan albert alexander alexis alfred ali alice",
        "amanda amber amit amy ana anders andrea andrew angela anita ann anna anthony antonio arjun arne arthur",
        "ashley august augustus austin ava barbara benjamin benoit bert bertha bertram betty beverly billy bobby",
        "bradley brandon brenda brian bridget brittany bruce bryan camille carl carlos carmen carol carolyn catherine",
        "charles charlie charlotte cheryl chloe christian christina christine christopher claire clara claude",
        "clifford cynthia cyril daniel danielle david deborah debra denise dennis diana diane diego dmitri donald",
        "donna doris dorothy douglas dylan edgar edith edmund edward edwin eino elena elias elijah elizabeth ella",
        "ellen ellis elmer elsie emil emily emma eric erik ernest ernst ethan ethel eugene eva evelyn fatima felix",
        "fernando florence frances francisco francois frank fred frederic frederick gabriel gary george gerald",
        "giovanni gloria grace gregory gustaf gustav hannah hanora hans harold harry hassan heather helen henri henry",
        "herbert hilda hiroshi hugh hugo hussein ibrahim ida ines ingrid isaac isabella ivan jack jacob jacqueline",
        "jacques jakob james jane janet janice jason javier jean jeffrey jennifer jeremy jerry jesse jessica joan joe",
        "johan johannes john jonathan jordan jose joseph josephine joshua joyce juan judith judy juho julia julie",
        "justin karen karl kate katherine kathleen kathryn kayla keith kelly kenji kenneth kevin kimberly kyle laina",
        "larry lars laura lauren lawrence layla leo leonard leslie lewis liam lillian lily linda lionel lisa lizzie",
        "logan lori louis luca lucia lucy luis mabel madison manuel marco margaret margit maria marie marilyn mark",
        "martha martin mary mason mathilde matthew maurice mauritz max megan melissa mia michael michel michelle",
        "miguel minnie mohamed mohammed nancy natalie natasha nathan ned neil nicholas nicole nikola nils noah nora",
        "norman olaf olga oliver olivia omar oscar otto owen pablo pamela paolo patricia patrick paul pavel pedro",
        "percival percy petar peter philip pierre priya rachel rahul raj ralph randy ravi raymond rebecca reginald",
        "ricardo richard robert roger ronald rosa rose roy rudolf russell ruth ryan sakura samantha samuel sandra",
        "sanjay sara sarah scott sean selma sergei sharon shirley sidney sigurd simon solomon sophia sophie stanley",
        "stefan stella stephanie stephen steven stjepan sunita susan sven svetlana takashi teresa terry theodore",
        "theresa thomas tido timothy tyler victor victoria vijay viktor vincent violet virginia walter washington",
        "wayne wilfred wilhelm william willie youssef yuki yuko yusuf zachary zoe",
    )
    for word in row.split()
)
"""Frequent given names."""

SURNAMES = frozenset(
    word
    for row in (
        "adams aguilar ahmed ahn alexander ali allen alvarez anderson andersson bae baek bailey baker barnes bauer",
        "becker bell bennett bianchi black boyd brooks brown bryant burns butler cai campbell cao carter castillo",
        "castro chavez chen cheng cho choi clark cole coleman collins cook cooper cox crawford cruz cui daniels davis",
        "deng diaz ding dixon dong du dubois dunn durand edwards ellis eriksson evans feng ferguson fernandez ferrari",
        "fischer fisher flores ford foster fox freeman gao garcia gardner garza gibson gomez gonzales gonzalez gordon",
        "graham grant gray green griffin guo gupta gutierrez guzman hall hamilton han hansen harris harrison hawkins",
        "hayes he henderson henry hernandez herrera hicks hill hoffmann holmes howard hu huang hughes hunt hunter",
        "hussain hwang ito ivanov jackson james jang jenkins jensen jeong jiang jimenez johansson johnson jones",
        "jordan jung kang karlsson kelley kelly kennedy khan kim king klein koch kumar kuznetsov kwon larsen larsson",
        "laurent lee leroy lewis li liang lim lin liu long lopez lu luo marshall martin martinez mason mcdonald",
        "medina mendez mendoza meyer miller mills mitchell moore morales moreau moreno morgan morris muller munoz",
        "murphy murray myers nakamura nelson nguyen nichols nielsen nilsson oh olson olsson ortiz owens palmer pan",
        "park parker patel patterson payne pedersen peng perez perry peterson petrov phillips porter powell price",
        "ramirez ramos reed ren reyes reynolds rice richardson rivera roberts robertson robinson rodriguez rogers",
        "romero ross rossi ruiz russell russo ryan salazar sanchez sanders sato schmidt schneider scott seo sharma",
        "shaw shen shin silva simmons simpson singh smirnov smith snyder song soto spencer stephens stevens stewart",
        "stone su sullivan sun suzuki svensson takahashi tanaka tang taylor thomas thompson tian torres tran tucker",
        "turner vargas vasquez wagner walker wallace wang ward warren washington watanabe watson weaver webb weber",
        "wei wells west white williams wilson wolf wood woods wright wu xiao xie xu yamamoto yang yao ye yoon young",
        "yu yuan zeng zhang zhao zheng zhou zhu",
    )
    for word in row.split()
)
"""Frequent surnames, with romanised Chinese and Korean ones."""

TITLES = frozenset(
    word
    for row in (
        "capt captain col colonel countess don dona dr frau herr jonkheer lady lord madam major master miss mlle mme",
        "mr mrs ms mx prof rev sir",
    )
    for word in row.split()
)
"""Titles before or between the parts of a name."""
