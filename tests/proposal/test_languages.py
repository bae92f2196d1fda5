"""Headers and words of five languages, two ways of writing each: what is proposed is admitted."""

import pytest

from tests.proposal.conftest import Desk

N = 6

# language, delimiter, decimal, encoding, participants (headers, row), sessions (headers, row)
VARIANTS = {
    "en": (",", "utf-8",
           ("Patient ID,Date of enrolment,Age,Gender,Diagnosis,Consent", "P{i},2025-01-1{i},34,male,AGA,yes"),
           ("Patient ID,Session date,Device,Needle length (mm),Setting,Pain", "P{i},2025-02-1{i},roller,1.5,home,3")),
    "en short": ("\t", "utf-8",
                 ("pid\tjoined\tage_years\tsex\thairLoss\tresearchConsent",
                  "P{i}\t2025-01-1{i}\t34\tf\tpattern hair loss\ttrue"),
                 ("pid\tperformedOn\ttool\tneedleLength_um\twhere", "P{i}\t2025-02-1{i}\tpen\t500\tclinic")),
    "de": (";", "cp1252",
           ("Patient;Aufnahmedatum;Alter;Geschlecht;Diagnose;Einwilligung", "P{i};1{i}.01.2025;34;m;AGA;ja"),
           ("Patient;Behandlungsdatum;Gerät;Nadellänge [mm];Behandlungsort;Schmerz",
            "P{i};1{i}.02.2025;Roller;1,5;zuhause;3")),
    "de ascii": (";", "utf-8",
                 ("PATIENT-NR;EINSCHLUSSDATUM;LEBENSALTER;GESCHLECHT;ART DES HAARAUSFALLS;EINVERSTAENDNIS",
                  "P{i};1{i}.01.2025;34;weiblich;androgenetische Alopezie;nein"),
                 ("PATIENT-NR;DATUM;GERAET;NADELLAENGE (µm);ORT", "P{i};1{i}.02.2025;Stempel;1500;Praxis")),
    "fr": (";", "utf-8",
           ("Patient;Date d'inclusion;Âge;Sexe;Diagnostic;Consentement",
            "P{i};1{i}/01/2025;34;femme;alopécie areata;oui"),
           ("Patient;Date de séance;Appareil;Longueur d'aiguille (mm);Lieu;Douleur",
            "P{i};1{i}/02/2025;rouleau;1,5;cabinet;3")),
    "fr plain": (",", "utf-8",
                 ("numero de patient,date inclusion,age,genre,type d'alopecie,consentement eclaire",
                  "P{i},1{i}/01/2025,34,homme,AGA,oui"),
                 ("numero de patient,date du traitement,dispositif,profondeur (µm),endroit",
                  "P{i},1{i}/02/2025,stylo,500,domicile")),
    "es": (";", "cp1252",
           ("Paciente;Fecha de inclusión;Edad;Sexo;Diagnóstico;Consentimiento", "P{i};1{i}/01/2025;34;mujer;AGA;sí"),
           ("Paciente;Fecha de sesión;Dispositivo;Longitud de la aguja (mm);Lugar;Dolor",
            "P{i};1{i}/02/2025;rodillo;1,5;clínica;3")),
    "es plain": (",", "utf-8",
                 ("id paciente,fecha de ingreso,edad en años,género,tipo de alopecia,consentimiento informado",
                  "P{i},1{i}/01/2025,34,hombre,AGA,si"),
                 ("id paciente,fecha del tratamiento,aparato,profundidad de aguja (mm),sitio de tratamiento",
                  "P{i},1{i}/02/2025,sello,0.5,casa")),
    "pt": (";", "utf-8",
           ("Paciente;Data de inclusão;Idade;Sexo;Diagnóstico;Consentimento", "P{i};1{i}/01/2025;34;mulher;AGA;sim"),
           ("Paciente;Data da sessão;Aparelho;Comprimento da agulha (mm);Local;Dor",
            "P{i};1{i}/02/2025;caneta;1,5;consultório;3")),
    "pt plain": (",", "utf-8",
                 ("id_paciente,data_inclusao,idade,genero,tipo_de_alopecia,tcle", "P{i},1{i}/01/2025,34,homem,AGA,sim"),
                 ("id_paciente,data_sessao,dispositivo,agulha_um,local_da_sessao",
                  "P{i},1{i}/02/2025,rolo,500,em casa")),
}  # fmt: skip


def written(head_and_row: tuple[str, str], encoding: str) -> bytes:
    head, row = head_and_row
    rows = [row.format(i=i % 9) for i in range(3, 3 + N)]
    return "\n".join([head, *rows, ""]).encode(encoding)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_proposed_is_admitted(name: str, desk: Desk) -> None:
    delimiter, encoding, participants, sessions = VARIANTS[name]
    files = {"a.csv": written(participants, encoding), "b.csv": written(sessions, encoding)}
    proposal = desk.map(files)
    assert (proposal["delimiter"], proposal["unknown"]) == (delimiter, {})
    assert {table: found["missing"] for table, found in proposal["tables"].items()} == {
        "participants": [],
        "sessions": [],
    }
    document = desk.check(proposal["toml"])
    counts = {table: (n["admitted"] + n["not_consented"], n["quarantined"]) for table, n in document["tables"].items()}
    assert counts == {"participants": (N, 0), "sessions": (N, 0)}, document["rejects"]
    if name != "de ascii":  # there nobody consented
        needles = {row["needle_length_mm"] for row in document["rows"]["sessions"]}
        assert needles <= {0.5, 1.5}
        assert document["guesses"] == []
