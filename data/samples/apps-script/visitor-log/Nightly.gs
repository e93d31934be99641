function setUp() {
  ScriptApp.newTrigger('shareReport').timeBased().everyDays(1).atHour(20).create();
}

function shareReport() {
  const file = DriveApp.getFilesByName('Visits this week').next();
  file.setSharing(DriveApp.Access.ANYONE_WITH_LINK, DriveApp.Permission.VIEW);
  const copies = todaysVisits().length;
  Logger.log(copies);
}
