/**
 * Visitors sign in at the front desk; the desk's tablet and the badge printer call this script.
 */
const SHEET_ID = '1vRt8LkPq3XzWc6NbYs0DfJ5hGa2EmUoTi9Kx7QwZr4C';
const DESK_API = 'https://desk.example.net/api';
const DESK_KEY = 'pT7vXq2KzN9rWb4LsM8cYd3HgJ6fAe1U';

function doGet(e) {
  const page = HtmlService.createTemplateFromFile('Desk');
  page.visitor = e.parameter.visitor;
  return page.evaluate().setTitle('Visitors');
}

function doPost(e) {
  const visit = JSON.parse(e.postData.contents);
  addVisit(visit);
  notifyHost(visit);
  return ContentService.createTextOutput(JSON.stringify({ ok: true })).setMimeType(ContentService.MimeType.JSON);
}

function addVisit(visit) {
  const row = [new Date(), visit.fullName, visit.company, visit.phone, visit.hostEmail];
  visitSheet_().appendRow(row);
  UrlFetchApp.fetch(`${DESK_API}/badges`, {
    method: 'post',
    contentType: 'application/json',
    headers: { Authorization: 'Bearer ' + DESK_KEY },
    payload: JSON.stringify(visit),
  });
}

function notifyHost(visit) {
  MailApp.sendEmail(visit.hostEmail, 'Your visitor is here', `${visit.fullName} waits at the front desk.`);
}

function todaysVisits() {
  return visitSheet_().getDataRange().getValues();
}

function visitSheet_() {
  return SpreadsheetApp.openById(SHEET_ID).getSheetByName('Visits');
}
