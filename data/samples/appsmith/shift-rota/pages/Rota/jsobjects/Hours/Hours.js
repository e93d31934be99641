export default {
  cost() {
    return FindShifts.data.map((s) => s.hours * HourlyRates.data[0].hourly_rate);
  },
}
