"""Suggest how sensitive a data field is from its name, in several spellings and languages."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from workbench.model.base import Classification


class Suggestion(NamedTuple):
    """What a name suggests; all None if it says nothing."""

    classification: Classification | None = None
    personal: bool | None = None
    identifier: bool | None = None


_UNKNOWN = Suggestion()
_SECRET = Suggestion("restricted", personal=False, identifier=False)
_RESTRICTED = Suggestion("restricted", personal=True, identifier=False)
_RESTRICTED_ID = Suggestion("restricted", personal=True, identifier=True)
_PERSONAL = Suggestion("confidential", personal=True, identifier=False)
_PERSONAL_ID = Suggestion("confidential", personal=True, identifier=True)
_CONFIDENTIAL = Suggestion("confidential", personal=False, identifier=False)
_INTERNAL = Suggestion("internal", personal=False, identifier=False)
_PUBLIC = Suggestion("public", personal=False, identifier=False)

# One line of phrases for each suggestion. A phrase of several words must stand in that order; the longest phrase wins, and
# among equals the stricter. English, Spanish, German, French, Portuguese and Italian basics, without accents.
_PHRASES: tuple[tuple[Suggestion, str], ...] = (
    (_SECRET, "password, passwd, pwd, passphrase, passcode, secret, token, api key, apikey, access key, private key, secret key, "
              "client secret, jwt, otp, totp, mfa code, session id, cookie, credential, credentials, pin, pin code, auth header, "
              "authorization, bearer, signing key, encryption key, connection string, recovery code, contrasena, clave, "
              "passwort, kennwort, mot de passe, mdp, senha, parola chiave, security answer, security question"),
    (_RESTRICTED_ID, "ssn, social security, social security number, sozialversicherungsnummer, seguridad social, nss, nino, "
                     "national insurance number, iban, bank account, account number, kontonummer, numero de cuenta, cuenta bancaria, "
                     "numero de compte, credit card, card number, cc number, ccnumber, creditcard, debit card, pan number, kreditkarte, tarjeta, "
                     "tarjeta de credito, carte bancaire, passport, passport number, reisepass, pasaporte, passeport, national id, "
                     "personal id number, dni, nie, nif, curp, rfc, cpf, codice fiscale, steuer id, steuernummer, tax id, tin, tax number, driver license, "
                     "drivers licence, driving licence, fuhrerschein, permis de conduire, license number, medical record, "
                     "medical record number, mrn, patient id, insurance number, krankenversicherung, fingerprint, biometric, "
                     "face id, aadhaar, id card, identity card, personalausweis, cedula"),
    (_RESTRICTED, "health, medical, medication, diagnosis, diagnose, diagnostico, diagnostic, disease, illness, allergy, allergies, "
                  "symptom, symptoms, disability, blood type, treatment, prescription, vaccine, vaccination, pregnancy, patient, salud, "
                  "gesundheit, sante, krankheit, enfermedad, maladie, sick leave, krankmeldung, salary, salaries, payroll, wage, wages, compensation, "
                  "gehalt, lohn, salario, sueldo, nomina, salaire, income, einkommen, ingresos, bonus, religion, religious, "
                  "ethnicity, ethnic, race, political, party membership, union membership, sexual orientation, sexuality, gender identity, "
                  "criminal, criminal record, conviction, credit score, cvv, cvc, card expiry, expiry card, genetic, dna, bank details, "
                  "performance review, disciplinary"),
    (_PERSONAL_ID, "email, e mail, mail address, email address, correo, correo electronico, courriel, mailadresse, phone, phone number, telephone, "
                   "telefon, telefono, telephone number, telefonnummer, mobile, mobile number, cell, cell phone, movil, handy, handynummer, portable, fax, "
                   "whatsapp number, customer id, customer number, kundennummer, client id number, numero de cliente, numero client, contact id, "
                   "lead id, member id, membership number, employee id, employee number, personalnummer, student id, user id, userid, "
                   "username, user name, login name, benutzername, nombre de usuario, account id, telegram id, slack id, "
                   "discord id, from id, wa id, ip, ip address, ipaddress, device id, imei, mac address, license plate, kennzeichen, matricula, "
                   "linkedin, linkedin url, twitter handle, profile url"),
    (_PERSONAL, "name, full name, fullname, first name, firstname, last name, lastname, middle name, given name, family name, surname, maiden name, "
                "nombre, nombre completo, apellido, apellidos, vorname, nachname, familienname, nom, prenom, nom de famille, nome, sobrenome, cognome, "
                "address, street, street address, home address, mailing address, billing address, shipping address, postal address, direccion, calle, adresse, anschrift, "
                "strasse, rue, endereco, indirizzo, zip, zip code, zipcode, postal code, postcode, plz, codigo postal, code postal, "
                "birthday, birth date, birthdate, date of birth, dob, birth, geburtsdatum, geburtstag, fecha de nacimiento, date de naissance, "
                "nacimiento, age, edad, alter, gender, sex, sexo, geschlecht, genero, genre, nationality, nationalitat, nacionalidad, nationalite, citizenship, "
                "marital status, customer, cliente, kunde, client, contact, contacto, kontakt, lead, leads, person, persona, employee, empleado, mitarbeiter, "
                "employe, candidate, applicant, bewerber, resume, cv, lebenslauf, curriculum, user, usuario, benutzer, utilisateur, "
                "member, subscriber, guest, visitor, attendee, signature, photo, avatar, selfie, location, latitude, longitude, lat, lng, gps, geo, "
                "coordinates, transcript, voice, recording, conversation, chat history, chat input, message, mensaje, nachricht, feedback, comment, comments, "
                "purchase history, order history, emergency contact, spouse, children, parent, profile, user agent, job title, sender, recipient"),
    (_CONFIDENTIAL, "contract, vertrag, contrato, contrat, invoice, rechnung, factura, facture, amount due, price list, revenue, umsatz, ingreso, profit, margin, "
                    "budget, forecast, deal, deals, opportunity, quote, angebot, presupuesto, devis, offer, payment, pago, zahlung, paiement, payment method, transaction, "
                    "balance, saldo, discount, cost, costs, supplier, lieferant, proveedor, vendor contract, strategy, roadmap, patent, "
                    "source code, vulnerability, incident, legal, nda, confidential, vertraulich, confidencial, confidentiel, financial, accounting"),
    (_INTERNAL, "order id, order number, bestellnummer, numero de pedido, ticket, ticket id, issue, task, project, proyecto, projekt, projet, department, abteilung, "
                "departamento, team, inventory, stock, quantity, sku, workflow id, execution id, status, priority, due date, assignee, note, notes, "
                "internal, meeting, agenda, document, file name, folder, sheet, row number, record id, page id, channel, event id"),
    (_PUBLIC, "product name, product title, product description, company website, website, homepage, blog, blog post, article, headline, press release, "
              "news, weather, temperature, humidity, exchange rate, public, public url, release notes, tag line, slogan, opening hours, "
              "country code, currency, language, locale, timezone, city population, hashtag, hashtags, rss, feed, sunrise, sunset, forecast weather"),
)  # fmt: skip

# Names of things that are not people or secrets, although a word in them alone would say so.
_HARMLESS = (
    "file name, filename, node name, workflow name, sheet name, table name, column name, field name, folder name, channel name, "
    "event name, app name, bot name, model name, host name, hostname, domain name, project name, tag name, class name, display mode, "
    "type name, key name, group name, list name, collection name, database name, bucket name, queue name, topic name, page name, "
    "max tokens, token count, total tokens, prompt tokens, completion tokens, token usage, tokens used, token limit, next page token, page token, "
    "continuation token, sort key, primary key, foreign key, object key, key phrase, message type, message count, message id, user count, "
    "customer count, contact count, page age, max age, address type, web address, error message, commit message, status message, "
    "node message, sex ratio, image name, product name, brand name, category name, sheet id, client version, user interface, "
    "race condition, health check, health status, clave primaria, dateiname, nombre de archivo, nom de fichier, password field, "
    "password reset url, secret santa, location id, location header"
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LONGEST = 4


def _table() -> dict[tuple[str, ...], Suggestion]:
    table = {tuple(phrase.split()): _UNKNOWN for phrase in _HARMLESS.split(", ")}
    table[("product", "name")] = table[("product", "title")] = _PUBLIC
    for suggestion, phrases in _PHRASES:
        for phrase in phrases.split(", "):
            table.setdefault(tuple(phrase.split()), suggestion)
    return table


_TABLE = _table()
_STRICTNESS = {None: 0, "public": 1, "internal": 2, "confidential": 3, "restricted": 4}


def suggest(name: str) -> Suggestion:
    """Return the suggested classification, whether it is personal data, and whether it singles out a person.

    Only the end of a path counts: `body.customer.email` is judged as `customer email`.
    """
    words = _words(name)
    for size in range(min(_LONGEST, len(words)), 0, -1):
        found = [_TABLE[key] for i in range(len(words) - size + 1) if (key := tuple(words[i : i + size])) in _TABLE]
        if found:
            return max(found, key=lambda s: (_STRICTNESS[s.classification], s.identifier or False))
    return _UNKNOWN


def _words(name: str) -> list[str]:
    path = re.split(r"[.\[\]/$]+", name)
    tail = " ".join([part for part in path if part and not part.isdigit()][-2:])
    plain = unicodedata.normalize("NFKD", tail.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return [word.lower() for word in _WORDS.findall(plain)]
